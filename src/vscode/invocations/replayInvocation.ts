import * as vscode from 'vscode';
import type { InvokeOutcome } from '../commands/invokeFunction.ts';
import { outcomeOf } from '../commands/invokeFunction.ts';
import type { RunningSession, Sessions } from '../debug/sessions.ts';
import type { Invocations, Row } from './invocations.ts';
import { type RowInput, rowOf } from './rowInput.ts';

/**
 * Sends the event of an invocation once more, with all that came with it, to its session or to a later one of the same function.
 * @returns what came of it, or `undefined` when nothing was chosen
 * @throws UserError `NoSession` when the function does not run
 */
export async function replayInvocation(
  invocations: Invocations,
  sessions: Sessions,
  input: RowInput,
): Promise<InvokeOutcome | undefined> {
  const row = await rowOf(invocations, input, vscode.l10n.t('Invocation to replay'));
  if (row === undefined) return undefined;
  const { adapter } = runningSession(sessions, row);
  const { context, payload } = row.record;
  return outcomeOf(await adapter.invoke(Buffer.from(payload).toString('utf8'), context));
}

/** The row's session, or a later one of the same name. @throws UserError `NoSession` */
export function runningSession(sessions: Sessions, { session }: Row): RunningSession {
  const { running } = session;
  return running.adapter.ended ? sessions.find(running.session.name) : running;
}
