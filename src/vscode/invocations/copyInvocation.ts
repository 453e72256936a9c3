import { mkdir, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { cliCommand, maxInlinePayloadBytes } from '../../core/events/cliCommand.ts';
import type { Sessions } from '../debug/sessions.ts';
import type { FollowedSession, Invocations, Row } from './invocations.ts';
import { type RowInput, rowOf } from './rowInput.ts';

/** Files with events that are too long for a command line. They are there until the invocations are cleared. */
export class EventFiles implements vscode.Disposable {
  readonly #folder: string;
  readonly #written = new Set<string>();

  /** @param folder of the extension's own; made when it is needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes an event, readable for the user alone. Returns the file's path. */
  async write(row: Row): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${row.record.requestId}.json`);
    this.#written.add(path);
    await writeFile(path, row.record.payload, { mode: 0o600 });
    return path;
  }

  async clear(): Promise<void> {
    const paths = [...this.#written];
    this.#written.clear();
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }

  dispose(): void {
    for (const path of this.#written) rmSync(path, { force: true });
  }
}

/**
 * Puts the command of the AWS CLI that sends an invocation's event again on the clipboard.
 * @returns the command, or `undefined` when nothing was chosen
 */
export async function copyInvocationAsCli(
  invocations: Invocations,
  sessions: Sessions,
  files: EventFiles,
  input: RowInput,
): Promise<string | undefined> {
  const row = await rowOf(invocations, input, vscode.l10n.t('Invocation to copy as a command'));
  if (row === undefined) return undefined;
  const { context, payload } = row.record;
  const { functionName, invokeUrl } = addressOf(sessions, row);
  const command = cliCommand({
    context,
    endpointUrl: invokeUrl,
    functionName,
    payload:
      payload.length > maxInlinePayloadBytes
        ? { file: await files.write(row) }
        : { text: Buffer.from(payload).toString('utf8') },
  });
  await vscode.env.clipboard.writeText(command);
  const text = vscode.l10n.t('Copied the AWS CLI command of {0}', row.record.requestId);
  vscode.window.setStatusBarMessage(text, statusMessageMs);
  return command;
}

/** How long the status bar says what was done, in milliseconds. */
const statusMessageMs = 5000;

/** The row's own session while it runs; else where a later one of the same function listens, if there is one. */
function addressOf(
  sessions: Sessions,
  { session }: Row,
): Pick<FollowedSession, 'functionName' | 'invokeUrl'> {
  const { functionName, invokeUrl, running } = session;
  if (!running.adapter.ended) return session;
  const later = sessions.target(running.session.name)?.adapter.run;
  return { functionName, invokeUrl: later?.addresses.invokeUrl ?? invokeUrl };
}
