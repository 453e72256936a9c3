import * as vscode from 'vscode';
import type { InvocationStatus } from '../../core/invocations/invocationRow.ts';
import { commandIds } from '../manifest.ts';
import type { DocumentNode, InvocationNode, RowNode, SessionNode } from './invocationNodes.ts';
import { describeDocument, describeRow, documentTitles, shortId, statusTexts } from './invocationTexts.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** Icons differ in shape, so that nothing is said by colour alone. */
const icons: Readonly<Record<InvocationStatus, { readonly icon: string; readonly color?: string }>> = {
  queued: { icon: 'circle-outline' },
  running: { icon: 'loading~spin' },
  dropped: { icon: 'circle-slash' },
  success: { icon: 'pass', color: 'testing.iconPassed' },
  error: { icon: 'error', color: 'testing.iconFailed' },
  timeout: { icon: 'watch', color: 'testing.iconErrored' },
  crash: { icon: 'flame', color: 'testing.iconErrored' },
};

const documentIcons = {
  event: 'arrow-right',
  response: 'arrow-left',
  cause: 'bug',
  log: 'output',
  telemetry: 'pulse',
};

/** How a row looks. `rowCount` is the number of a session's invocations. */
export function invocationItem(node: InvocationNode, rowCount: number): vscode.TreeItem {
  switch (node.type) {
    case 'session':
      return sessionItem(node, rowCount);
    case 'invocation':
      return rowItem(node);
    case 'document':
      return documentItem(node);
  }
}

/** Stable, so that what is expanded stays so. */
export function invocationNodeId(node: InvocationNode): string {
  switch (node.type) {
    case 'session':
      return `session ${node.session.number}`;
    case 'invocation':
      return `invocation ${node.row.number}`;
    case 'document':
      return `${node.kind} ${node.row.number}`;
  }
}

function sessionItem({ session }: SessionNode, rowCount: number): vscode.TreeItem {
  const { adapter, session: debugSession } = session.running;
  const item = new vscode.TreeItem(debugSession.name, Expanded);
  item.iconPath = new vscode.ThemeIcon(adapter.ended ? 'debug-stop' : 'debug-start');
  item.contextValue = 'session';
  const count = rowCount === 1 ? vscode.l10n.t('1 invocation') : vscode.l10n.t('{0} invocations', rowCount);
  item.description = adapter.ended ? vscode.l10n.t('{0}, ended', count) : count;
  item.tooltip = session.invokeUrl;
  return item;
}

function rowItem({ parent, row }: RowNode): vscode.TreeItem {
  const name = parent === undefined ? `${row.session.functionName} ${shortId(row)}` : shortId(row);
  const item = new vscode.TreeItem(name, Collapsed);
  const { color, icon } = icons[row.status];
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = row.finished ? 'invocation finished' : 'invocation';
  item.description = describeRow(row);
  const figures = item.description.replaceAll(' · ', ', ');
  item.accessibilityInformation = { label: `${name}, ${statusTexts[row.status]()}, ${figures}` };
  return item;
}

function documentItem({ kind, row }: DocumentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(documentTitles[kind](), None);
  item.iconPath = new vscode.ThemeIcon(documentIcons[kind]);
  item.contextValue = 'document';
  item.description = describeDocument(row, kind);
  const options = { requestId: row.record.requestId, attempt: row.record.attempt, document: kind };
  item.command = {
    command: commandIds.openInvocation,
    title: vscode.l10n.t('Open'),
    arguments: [options],
  };
  return item;
}
