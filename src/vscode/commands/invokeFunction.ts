import type * as vscode from 'vscode';
import { type InvokeResult, payloadText } from '../../core/emulator/invocation.ts';
import { UserError } from '../../core/base/errors.ts';
import { absolutePath } from '../../core/layer/layerReference.ts';
import { readEventFile } from '../../core/events/eventFile.ts';
import { sessionFolder } from '../debug/sessions.ts';
import { askForEvent } from '../invocations/askForEvent.ts';
import type { CommandServices } from './services.ts';

export interface InvokeOptions {
  /** Any JSON value; not given when it is `undefined`. */
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
  const { event, eventFile } = options;
  if (event !== undefined) {
    if (eventFile === undefined) return Promise.resolve(eventText(event));
    const text = 'Both "event" and "eventFile" are given.';
    throw new UserError('EventInvalid', text, 'Give one of them.');
  }
  return eventFile === undefined ? undefined : readEventFile(absolutePath(eventFile, folder?.uri.fsPath));
}

/** An event as JSON. @throws UserError `EventInvalid` */
function eventText(event: unknown): string {
  try {
    const text: unknown = JSON.stringify(event);
    if (typeof text === 'string') return text; // functions and symbols have none
  } catch {
    // such as a number without bounds, or an object that contains itself
  }
  throw new UserError('EventInvalid', 'JSON cannot hold the "event".', 'Give a value of JSON.');
}
