import * as vscode from 'vscode';
import { availableDocuments, type DocumentKind } from '../../core/invocations/invocationDocument.ts';
import type { InvocationDocuments } from './invocationDocuments.ts';
import type { Invocations, Row } from './invocations.ts';
import { describeDocument, documentTitles, shortId } from './invocationTexts.ts';
import { type RowInput, rowOf, type RowOptions } from './rowInput.ts';

export type OpenInvocationOptions = RowOptions & { readonly document?: DocumentKind };

/**
 * Opens the event, the response, the log or the telemetry of an invocation. Asks for what is not given.
 * @returns the document's URI, or `undefined` when nothing was chosen
 * @throws UserError `NotFound`
 */
export async function openInvocation(
  invocations: Invocations,
  documents: InvocationDocuments,
  input: RowInput<OpenInvocationOptions>,
): Promise<vscode.Uri | undefined> {
  const row = await rowOf(invocations, input, vscode.l10n.t('Invocation to open'));
  if (row === undefined) return undefined;
  const kind = kindOf(input) ?? (await askForKind(row));
  if (kind === undefined) return undefined;
  const uri = documents.uriOf(row, kind);
  await vscode.window.showTextDocument(uri);
  return uri;
}

function kindOf(input: RowInput<OpenInvocationOptions>): DocumentKind | undefined {
  if (input === undefined) return undefined;
  if ('type' in input) return input.type === 'document' ? input.kind : undefined;
  return input.document;
}

async function askForKind(row: Row): Promise<DocumentKind | undefined> {
  const items = availableDocuments(row).map((kind) => ({
    label: documentTitles[kind](),
    description: describeDocument(row, kind),
    document: kind,
  }));
  const placeHolder = vscode.l10n.t('What to open of {0}', shortId(row));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.document;
}
