import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import type { InvocationNode } from './invocationNodes.ts';
import type { Invocations, Row } from './invocations.ts';
import { describeRow, formatTime, shortId } from './invocationTexts.ts';

/** Names an invocation. */
export interface RowOptions {
  readonly requestId: string;
  /** The newest one when absent. */
  readonly attempt?: number;
}

/** What commands about an invocation are given: by a program, by a row of the tree, or nothing from the palette. */
export type RowInput<O extends RowOptions = RowOptions> = O | InvocationNode | undefined;

/**
 * The invocation that a command is about; asks when nothing is given. `undefined` when nothing was chosen.
 * @throws UserError `NotFound`
 */
export async function rowOf(
  { history }: Invocations,
  input: RowInput,
  placeHolder: string,
): Promise<Row | undefined> {
  if (input === undefined) return askForRow(history.rows, placeHolder);
  if ('type' in input) {
    if (input.type !== 'session') return input.row;
    throw new UserError(
      'NotFound',
      vscode.l10n.t('This row is a session.'),
      vscode.l10n.t('Choose an invocation.'),
    );
  }
  const { attempt, requestId } = input;
  const row = history.rows.find(
    ({ record }) => record.requestId === requestId && (attempt === undefined || record.attempt === attempt),
  );
  if (row !== undefined) return row;
  throw new UserError(
    'NotFound',
    vscode.l10n.t('There is no invocation {0} in this window.', requestId),
    vscode.l10n.t('Choose one in the Invocations view.'),
  );
}

async function askForRow(rows: readonly Row[], placeHolder: string): Promise<Row | undefined> {
  if (rows.length === 0) {
    throw new UserError(
      'NotFound',
      vscode.l10n.t('Nothing was invoked in this window yet.'),
      vscode.l10n.t('Start a function with F5.'),
    );
  }
  const items = rows.map((row) => ({
    label: `${row.session.functionName} ${shortId(row)}`,
    description: describeRow(row),
    detail: formatTime(row.record.queuedAtMs),
    row,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.row;
}
