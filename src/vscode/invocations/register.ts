import * as vscode from 'vscode';
import type { Logger } from '../../core/base/logger.ts';
import type { Sessions } from '../debug/sessions.ts';
import { commandIds, viewIds } from '../manifest.ts';
import { registerCommand } from '../register.ts';
import { copyInvocationAsCli, EventFiles } from './copyInvocation.ts';
import type { EventDocuments } from './eventDocuments.ts';
import { InvocationDocuments, invocationScheme } from './invocationDocuments.ts';
import type { Invocations } from './invocations.ts';
import { InvocationTree } from './invocationTree.ts';
import { openInvocation, type OpenInvocationOptions } from './openInvocation.ts';
import { replayInvocation } from './replayInvocation.ts';
import type { RowInput } from './rowInput.ts';

export interface InvocationServices {
  readonly invocations: Invocations;
  readonly eventDocuments: EventDocuments;
  readonly sessions: Sessions;
  readonly logger: Logger;
}

/** The view of invocations, its documents and its commands. `storage` is a folder of the extension's own. */
export function registerInvocations(services: InvocationServices, storage: string): vscode.Disposable {
  const { eventDocuments, invocations, logger, sessions } = services;
  const documents = new InvocationDocuments(invocations);
  const tree = new InvocationTree(invocations);
  const view = vscode.window.createTreeView(viewIds.invocations, {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const files = new EventFiles(storage);
  const following = invocations.history.onDidChange(({ type }) => {
    if (type === 'rows') tellForgotten(view, invocations);
  });
  return vscode.Disposable.from(
    documents,
    tree,
    view,
    files,
    following,
    vscode.workspace.registerTextDocumentContentProvider(invocationScheme, documents),
    registerCommand(commandIds.openInvocation, logger, (input: RowInput<OpenInvocationOptions>) =>
      openInvocation(invocations, documents, input),
    ),
    registerCommand(commandIds.replayInvocation, logger, (input: RowInput) =>
      replayInvocation(invocations, sessions, input),
    ),
    registerCommand(commandIds.copyInvocationAsCli, logger, (input: RowInput) =>
      copyInvocationAsCli(invocations, sessions, files, input),
    ),
    registerCommand(commandIds.clearInvocations, logger, async () => {
      const cleared = invocations.history.clear();
      await files.clear();
      return cleared;
    }),
    registerCommand(commandIds.sendEvent, logger, (uri?: vscode.Uri) => eventDocuments.send(uri)),
  );
}

/** Says above the rows that there were more. */
function tellForgotten(view: vscode.TreeView<unknown>, { history }: Invocations): void {
  const { forgotten } = history;
  const message = forgotten === 0 ? '' : vscode.l10n.t('{0} older invocations are not kept.', forgotten);
  if ((view.message ?? '') !== message) view.message = message;
}
