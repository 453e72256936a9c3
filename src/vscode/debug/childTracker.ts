import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { isJson } from '../../core/base/json.ts';
import { ShadowedBreakpoints } from '../../core/debug/shadowedBreakpoints.ts';
import { relocateSources } from '../../core/debug/sourceRewriting.ts';
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

/** After these the program runs, and an adapter need not say so by `continued` (Debug Adapter Protocol). */
const resumingRequests = ['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto'];

type Completions = DebugProtocol.CompletionsRequest;

class ChildTracker implements vscode.DebugAdapterTracker {
  readonly #owner: RunningSession;
  readonly #session: vscode.DebugSession;
  readonly #shadowed: ShadowedBreakpoints;
  /** Numbers of the requests in whose place an event was sent. */
  readonly #taken = new Set<number>();
  readonly #typed = new Map<number, Completions>();
  #resume: (() => void) | undefined;

  constructor(owner: RunningSession, session: vscode.DebugSession) {
    this.#owner = owner;
    this.#session = session;
    owner.children.add(session);
    this.#shadowed = new ShadowedBreakpoints(owner.paths);
  }

  onWillReceiveMessage(message: DebugProtocol.ProtocolMessage): void {
    this.#shadowed.onRequest(message, (path) => this.#owner.mapping?.shadowOf(path));
    relocateSources(message, (path) => toFunction(this.#owner, path));
    if (message.type !== 'request') return;
    const request = message as DebugProtocol.Request;
    if (resumingRequests.includes(request.command)) this.#goOn();
    if (request.command === 'completions') this.#typed.set(request.seq, request as Completions);
    this.#takeEvent(request);
  }

  onDidSendMessage(message: DebugProtocol.ProtocolMessage): void {
    this.#shadowed.onAnswer(message);
    relocateSources(message, (path) => toEditor(this.#owner, path));
    if (message.type === 'response') {
      this.#answerTaken(message as DebugProtocol.Response);
      this.#offerEvents(message as DebugProtocol.Response);
    }
    if (message.type !== 'event') return;
    const { event } = message as DebugProtocol.Event;
    if (event === 'output') silenceEcho(message as DebugProtocol.OutputEvent);
    else if (event === 'stopped') this.#resume ??= this.#owner.adapter.run?.pauses.add();
    else if (event === 'continued' || event === 'terminated' || event === 'exited') this.#goOn();
  }

  onWillStopSession(): void {
    this.#goOn();
  }

  onExit(): void {
    this.#owner.children.delete(this.#session);
    this.#goOn();
  }

  #goOn(): void {
    this.#resume?.();
    this.#resume = undefined;
  }

  /** Events can be typed here, so earlier ones are offered beside what the debugger offers. */
  #offerEvents(response: DebugProtocol.Response): void {
    const request = this.#typed.get(response.request_seq);
    if (request === undefined) return;
    this.#typed.delete(response.request_seq);
    if (!response.success || this.#resume !== undefined || !/^\s*[[{]/.test(request.arguments.text)) return;
    const body = response.body as DebugProtocol.CompletionsResponse['body'] | undefined;
    const events = this.#owner.adapter.completionsOf(request.arguments);
    response.body = { ...body, targets: [...events, ...(body?.targets ?? [])] };
  }

  /**
   * The console belongs to this session while it is in focus. JSON typed there while the program runs is an event;
   * the debugger gets a harmless text to evaluate in its place, since a tracker cannot answer for it, and what it
   * makes of that is replaced.
   */
  #takeEvent(request: DebugProtocol.Request): void {
    if (request.command !== 'evaluate' || this.#resume !== undefined) return;
    const args = request.arguments as DebugProtocol.EvaluateArguments;
    if (args.context !== 'repl' || !isJsonDocument(args.expression)) return;
    this.#owner.adapter.send(args.expression);
    args.expression = '0';
    this.#taken.add(request.seq);
  }

  #answerTaken(response: DebugProtocol.Response): void {
    if (!this.#taken.delete(response.request_seq)) return;
    response.success = true;
    response.body = { result: vscode.l10n.t('Event sent'), variablesReference: 0 };
  }
}

/**
 * The process's output is in the console already, from the process itself. What the debugger tells of it again gets
 * the name of an event that nobody listens to, since a tracker cannot hold a message back.
 */
function silenceEcho(message: DebugProtocol.OutputEvent): void {
  const { category } = message.body;
  if (category === 'stdout' || category === 'stderr') message.event = 'lambdaLayers.echo';
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

/** An object or a list: what can hardly be meant as an expression. */
function isJsonDocument(text: string): boolean {
  return /^\s*[[{]/.test(text) && isJson(text);
}
