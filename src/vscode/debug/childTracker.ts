import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { ConsoleEvents } from '../../core/debug/consoleEvents.ts';
import { DebuggeePause } from '../../core/debug/debuggeePause.ts';
import type { Shadow } from '../../core/debug/pathMapping.ts';
import { ShadowedBreakpoints } from '../../core/debug/shadowedBreakpoints.ts';
import { relocateSources } from '../../core/debug/sourceRewriting.ts';
import { UnheardEvents } from '../../core/debug/unheardEvents.ts';
import { optScheme } from '../../core/opt/optUri.ts';
import { optAddress, optUri } from '../optFiles/optUris.ts';
import type { RunningSession, Sessions } from './sessions.ts';

/**
 * Sits beside every debug session that a `lambda-runtime` session started: translates source paths both ways, stops
 * the function's clock while the program is stopped, and lets events be typed in the shared debug console.
 */
export class ChildTrackers implements vscode.DebugAdapterTrackerFactory {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const owner = this.#sessions.ownerOf(session);
    if (owner === undefined) return undefined;
    return owner.session.id === session.id ? ownTracker : new ChildTracker(owner, session);
  }
}

/**
 * The function's own session binds no breakpoints. The editor shows what the first session says of one that is not
 * bound, so this one had better say nothing, which the protocol has no word for and the editor accepts.
 */
const ownTracker: vscode.DebugAdapterTracker = {
  onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
    if (message.type !== 'response') return;
    const response = message as DebugProtocol.SetBreakpointsResponse;
    if (response.command === 'setBreakpoints' && response.success) response.body = { breakpoints: [] };
  },
};

class ChildTracker implements vscode.DebugAdapterTracker {
  readonly #owner: RunningSession;
  readonly #session: vscode.DebugSession;
  readonly #shadowed: ShadowedBreakpoints;
  readonly #pause: DebuggeePause;
  readonly #events: ConsoleEvents;
  readonly #unheard = new UnheardEvents();

  constructor(owner: RunningSession, session: vscode.DebugSession) {
    const { adapter, children, paths } = owner;
    this.#owner = owner;
    this.#session = session;
    children.add(session);
    this.#shadowed = new ShadowedBreakpoints(paths);
    this.#pause = new DebuggeePause(() => adapter.run?.pauses.add());
    const target = {
      send: (event: string) => adapter.send(event),
      completionsOf: (typed: DebugProtocol.CompletionsArguments) => adapter.completionsOf(typed),
      isStopped: () => this.#pause.isStopped,
    };
    this.#events = new ConsoleEvents(target, vscode.l10n.t('Event sent'));
  }

  onWillReceiveMessage(message: DebugProtocol.ProtocolMessage): void {
    this.#shadowed.onRequest(message, (path) => shadowOf(this.#owner, path));
    relocateSources(message, (path) => toFunction(this.#owner, path));
    this.#pause.onRequest(message);
    this.#unheard.onRequest(message);
    this.#events.onRequest(message);
  }

  onDidSendMessage(message: DebugProtocol.ProtocolMessage): void {
    this.#unheard.onAnswer(message);
    this.#shadowed.onAnswer(message);
    relocateSources(message, (path) => toEditor(this.#owner, path));
    this.#events.onAnswer(message);
    this.#pause.onAnswer(message);
  }

  onWillStopSession(): void {
    this.#pause.end();
  }

  onExit(): void {
    this.#owner.children.delete(this.#session);
    this.#pause.end();
  }
}

/** The layer that hides a file, by its path in the workspace. */
function shadowOf({ mapping }: RunningSession, path: string): Shadow | undefined {
  const shadow = mapping?.shadowOf(path);
  return shadow && { ...shadow, winner: vscode.workspace.asRelativePath(shadow.winner) };
}

/** Files that a debugger translates itself are left to it; what is shown as `lambda-opt:` only the tracker knows. */
function toFunction({ mapping, paths }: RunningSession, path: string): string | undefined {
  if (mapping === undefined) return undefined;
  if (!path.startsWith(`${optScheme}:`)) return paths === 'tracker' ? mapping.toFunction(path) : undefined;
  return mapping.optToFunction(optAddress(vscode.Uri.parse(path)));
}

function toEditor({ mapping, paths }: RunningSession, path: string): string | undefined {
  const location = mapping?.toSource(path);
  if (location?.type === 'file') return paths === 'tracker' ? location.path : undefined;
  return location?.type === 'opt' ? optUri(location).toString() : undefined;
}
