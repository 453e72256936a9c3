import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type InvokeResult, payloadText } from '../../core/emulator/invocation.ts';
import { absolutePath } from '../../core/layer/layerReference.ts';
import { readEventFile } from '../debug/adapterFactory.ts';
import type { RunningSession } from '../debug/sessions.ts';
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
 * Sends an event to the running function and waits for its answer. Asks for the event when none is given.
 * @throws UserError `NoSession`, `EventInvalid`
 */
export async function invokeFunction(
  { sessions }: CommandServices,
  options: InvokeOptions = {},
): Promise<InvokeOutcome | undefined> {
  const running = sessions.find(options.session);
  const event = await eventText(running, options);
  if (event === undefined) return undefined;
  const result = await running.adapter.invoke(event);
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

async function eventText(running: RunningSession, options: InvokeOptions): Promise<string | undefined> {
  if ('event' in options) return JSON.stringify(options.event ?? null);
  if (options.eventFile === undefined) return askForEvent(running);
  return readEventFile(absolutePath(options.eventFile, folderOf(running)));
}

async function askForEvent(running: RunningSession): Promise<string | undefined> {
  const files = await eventFiles(folderOf(running));
  const typed = { label: vscode.l10n.t('Type JSON…'), path: undefined };
  const picked = await vscode.window.showQuickPick([...files, typed], {
    placeHolder: vscode.l10n.t('Event for {0}', running.session.name),
  });
  if (picked === undefined) return undefined;
  return picked.path === undefined ? typeEvent() : readEventFile(picked.path);
}

function typeEvent(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t('Event as JSON'),
    value: '{}',
    validateInput: (text) => {
      try {
        JSON.parse(text);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
}

/** JSON files in the workspace's `events` folder. */
async function eventFiles(folder: string | undefined): Promise<{ label: string; path: string }[]> {
  if (folder === undefined) return [];
  const events = join(folder, 'events');
  const names = await readdir(events).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ label: name, path: join(events, name) }));
}

function folderOf({ session }: RunningSession): string | undefined {
  return (session.workspaceFolder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
}
