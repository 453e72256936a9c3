import type * as vscode from 'vscode';
import { type InvokeResult, payloadText } from '../../core/emulator/invocation.ts';
import { absolutePath } from '../../core/layer/layerReference.ts';
import { readEventFile } from '../../core/events/eventFile.ts';
import { sessionFolder } from '../debug/sessions.ts';
import { askForEvent } from '../invocations/askForEvent.ts';
import type { CommandServices } from './services.ts';

export interface InvokeOptions {
  /** Any JSON value. */
  readonly event?: unknown;
  readonly eventFile?: string;
  /** Id or name of the debug session. */
  readonly session?: string;
}

export interface InvokeOutcome {
  readonly requestId: string;
  readonly status: InvokeResult['status'];
  readonly functionError?: string;
  /** The response's text. */
  readonly payload: string;
  readonly logTail: string;
  readonly durationMs: number;
}

/**
 * Sends an event to the running function and waits for its answer. Asks for the event when none is given. Events are
 * queued in the order of the calls, also when some of them have to be read from files first.
 * @returns what came of it; `undefined` when nothing was chosen, or an event was opened to be changed and sent later
 * @throws UserError `NoSession`, `EventInvalid`
 */
export async function invokeFunction(
  services: Pick<CommandServices, 'sessions' | 'invocations' | 'eventDocuments'>,
  options: InvokeOptions = {},
): Promise<InvokeOutcome | undefined> {
  const { invocations, sessions } = services;
  const running = sessions.find(options.session);
  const given = givenEvent(options, sessionFolder(running.session));
  const event =
    given === undefined ? await askForEvent(services, running) : await invocations.order.take(given);
  return event === undefined ? undefined : outcomeOf(await running.adapter.invoke(event));
}

/** What commands return of an invocation. */
export function outcomeOf(result: InvokeResult): InvokeOutcome {
  const { requestId, status, functionError, logTail, durationMs } = result;
  return {
    requestId,
    status,
    ...(functionError === undefined ? {} : { functionError }),
    payload: payloadText(result),
    logTail,
    durationMs,
  };
}

function givenEvent(
  options: InvokeOptions,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<string> | undefined {
  if ('event' in options) return Promise.resolve(JSON.stringify(options.event ?? null));
  if (options.eventFile === undefined) return undefined;
  return readEventFile(absolutePath(options.eventFile, folder?.uri.fsPath));
}
