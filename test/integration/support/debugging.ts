import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { LambdaLayersApi } from '../../../src/vscode/api.ts';

/** What happened in one debug session and those it started. */
export class SessionRecord {
  readonly session: vscode.DebugSession;
  readonly messages: DebugProtocol.ProtocolMessage[] = [];
  /** The requests that are not answered. */
  readonly #asked = new Set<number>();
  #lastMessage = 0;

  constructor(session: vscode.DebugSession) {
    this.session = session;
  }

  onRequest(message: DebugProtocol.ProtocolMessage): void {
    this.#lastMessage = Date.now();
    this.#asked.add(message.seq);
  }

  onAnswer(message: DebugProtocol.ProtocolMessage): void {
    this.#lastMessage = Date.now();
    if (message.type === 'response') this.#asked.delete((message as DebugProtocol.Response).request_seq);
    this.messages.push(message);
  }

  /** Waits until the editor has asked and heard all that it shows of a stop, and sends nothing for 100 ms. */
  async quiet(): Promise<void> {
    const isQuiet = () => this.#asked.size === 0 && Date.now() - this.#lastMessage > 100;
    await eventually(() => (isQuiet() ? true : undefined), 'the debugger to be quiet');
  }

  /** Everything written to the debug console. */
  get output(): string {
    return this.messages
      .filter((message): message is DebugProtocol.OutputEvent => isEvent(message, 'output'))
      .map((event) => event.body.output)
      .join('');
  }
}

/** Records every debug session of the tests in the surrounding `describe`, and ends them after each test. */
export function useDebugging() {
  const records: SessionRecord[] = [];
  let subscription: vscode.Disposable;

  before(() => {
    subscription = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => {
        const record = new SessionRecord(session);
        records.push(record);
        return {
          onWillReceiveMessage: (message: DebugProtocol.ProtocolMessage) => record.onRequest(message),
          onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => record.onAnswer(message),
        };
      },
    });
  });
  after(() => void subscription.dispose());
  afterEach(async () => {
    await stopAll();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    records.length = 0;
  });

  return {
    records,
    /** The newest session of our own type. */
    own: () => {
      const record = records.findLast(({ session }) => session.type === 'lambda-runtime');
      assert.ok(record, 'no lambda-runtime session was started');
      return record;
    },
  };
}

/** The debug sessions there are. VS Code's "active" one may, on a busy machine, be one that has ended. */
const sessions = new Set<vscode.DebugSession>();
vscode.debug.onDidStartDebugSession((session) => sessions.add(session));
vscode.debug.onDidTerminateDebugSession((session) => sessions.delete(session));

/** Ends every debug session and waits until VS Code has none. */
export async function stopAll(): Promise<void> {
  await vscode.debug.stopDebugging();
  await eventually(() => (sessions.size === 0 ? true : undefined), 'debugging to end');
}

/** Looks again every few milliseconds until there is something. */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isEvent(
  message: DebugProtocol.ProtocolMessage,
  name: string,
): message is DebugProtocol.Event {
  return message.type === 'event' && (message as DebugProtocol.Event).event === name;
}

export const isStopped = (message: DebugProtocol.ProtocolMessage): message is DebugProtocol.StoppedEvent =>
  isEvent(message, 'stopped');

/** The extension's own API. */
export async function extensionApi(): Promise<LambdaLayersApi> {
  const extension = vscode.extensions.getExtension<LambdaLayersApi>('lambda-layers.lambda-layers');
  assert.ok(extension);
  return extension.activate();
}

/** The workspace folder that the tests run in: a copy of the samples. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return folder;
}
