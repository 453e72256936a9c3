import * as vscode from 'vscode';
import { availableDocuments } from '../../core/invocations/invocationDocument.ts';
import type { FollowedSession, Invocations, Row } from './invocations.ts';
import { invocationItem, invocationNodeId } from './invocationItems.ts';
import type { DocumentNode, InvocationNode, RowNode, SessionNode } from './invocationNodes.ts';
import { rowTooltip } from './invocationTexts.ts';
import { Throttle } from './throttle.ts';

/** The least time between two refreshes, in milliseconds: some functions are invoked hundreds of times a second. */
const refreshIntervalMs = 250;

/** The tree of `lambdaLayers.invocations`: one row each, the newest first, by session when there are several. */
export class InvocationTree implements vscode.TreeDataProvider<InvocationNode>, vscode.Disposable {
  readonly #invocations: Invocations;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #throttle = new Throttle(refreshIntervalMs, () => this.#changed.fire(undefined));
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(invocations: Invocations) {
    this.#invocations = invocations;
    const refresh = () => this.#throttle.request();
    const following = invocations.history.onDidChange(({ type }) => {
      if (type !== 'output') refresh();
    });
    this.#subscriptions = vscode.Disposable.from(
      following,
      vscode.debug.onDidTerminateDebugSession(refresh),
      this.#throttle,
      this.#changed,
    );
  }

  getTreeItem(node: InvocationNode): vscode.TreeItem {
    const rowCount = node.type === 'session' ? this.#rowsOf(node.session).length : 0;
    const item = invocationItem(node, rowCount);
    item.id = invocationNodeId(node);
    return item;
  }

  getParent(node: InvocationNode): InvocationNode | undefined {
    return node.parent;
  }

  resolveTreeItem(item: vscode.TreeItem, node: InvocationNode): vscode.TreeItem {
    if (node.type === 'invocation') item.tooltip = rowTooltip(node.row);
    return item;
  }

  getChildren(node?: InvocationNode): InvocationNode[] {
    if (node === undefined) return this.#roots();
    if (node.type === 'session') return this.#rowsOf(node.session).map((row) => rowNode(row, node));
    return node.type === 'invocation' ? documents(node) : [];
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #roots(): InvocationNode[] {
    const { rows } = this.#invocations.history;
    const sessions = [...new Set(rows.map(({ session }) => session))];
    if (sessions.length < 2) return rows.map((row) => rowNode(row, undefined));
    return sessions.map((session) => ({ type: 'session', parent: undefined, session }));
  }

  #rowsOf(session: FollowedSession): Row[] {
    return this.#invocations.history.rows.filter((row) => row.session === session);
  }
}

function rowNode(row: Row, parent: SessionNode | undefined): RowNode {
  return { type: 'invocation', parent, row };
}

function documents(parent: RowNode): DocumentNode[] {
  const { row } = parent;
  return availableDocuments(row).map((kind) => ({ type: 'document', parent, row, kind }));
}
