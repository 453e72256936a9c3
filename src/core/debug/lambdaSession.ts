import { DebugSession, InitializedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Disposable } from '../base/disposable.ts';
import { describeError } from '../base/errors.ts';
import { isJson } from '../base/json.ts';
import type { InvocationContext, InvokeResult } from '../emulator/invocation.ts';
import type { LogLine } from '../emulator/log/executionLog.ts';
import { eventCompletions, eventTriggers } from '../events/eventCompletions.ts';
import type { RunListener } from './attachment.ts';
import type { FunctionRun } from './functionRun.ts';
import { describeAnswer, SessionConsole } from './sessionConsole.ts';

/** What a debug session needs of the editor around it. */
export interface SessionPorts {
  /** Reads the configuration, opens the run. @throws UserError */
  openRun(raw: Readonly<Record<string, unknown>>, listener: RunListener): Promise<FunctionRun>;
  /** The event to send at the start, if the configuration has one. @throws UserError */
  firstEvent(raw: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  readonly editor: RunListener['editor'];
  /** JSON texts of events that were sent before, the newest first; the console offers them. */
  readonly recentEvents?: () => readonly string[];
  /** Told every line of the function's log. */
  readonly onLog: (line: LogLine) => void;
  /** Tells of changes in these folders and zips; several at a time count once. */
  watch(paths: readonly string[], changed: (path: string) => void): Disposable;
}

/** What a start answers by. */
type StartResponse = DebugProtocol.LaunchResponse | DebugProtocol.AttachResponse;

type State =
  | { readonly type: 'new' }
  | { readonly type: 'running'; readonly run: FunctionRun }
  | { readonly type: 'ended' };

/** The debug adapter of `lambda-runtime`: runs a function and its emulator; language debuggers attach beside it. */
export class LambdaSession extends DebugSession {
  readonly #ports: SessionPorts;
  #state: State = { type: 'new' };
  #firstEvent: string | undefined;
  #watcher: Disposable | undefined;
  /** Settles when the run is open, or not; never rejects. */
  #opening: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  readonly #console = new SessionConsole((event) => this.sendEvent(event));

  constructor(ports: SessionPorts) {
    super();
    this.#ports = ports;
  }

  /** Whether the session can still be used; a launch that failed has ended too. */
  get ended(): boolean {
    return this.#state.type === 'ended';
  }

  /** The run behind the session, while there is one. */
  get run(): FunctionRun | undefined {
    return this.#state.type === 'running' ? this.#state.run : undefined;
  }

  /** Earlier events that begin like what is typed in a console. */
  completionsOf(typed: DebugProtocol.CompletionsArguments): DebugProtocol.CompletionItem[] {
    return eventCompletions(this.#ports.recentEvents?.() ?? [], typed);
  }

  /** Sends an event that did not come from the console, with what came with it before, and shows the answer there. */
  async invoke(event: string, context?: InvocationContext): Promise<InvokeResult> {
    if (this.#state.type !== 'running') throw new Error('The debug session is not running.');
    const result = await this.#state.run.invoke(event, context);
    this.#console.answer(result);
    return result;
  }

  /** The same for an event whose answer nobody waits for: what keeps it from being sent is shown too. */
  send(event: string): void {
    this.invoke(event).catch((error: unknown) => this.#console.failure(describeError(error)));
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = {
      supportsConfigurationDoneRequest: true,
      supportsCompletionsRequest: true,
      completionTriggerCharacters: eventTriggers,
    };
    this.sendResponse(response);
  }

  protected override launchRequest(
    response: DebugProtocol.LaunchResponse,
    args: DebugProtocol.LaunchRequestArguments,
  ): void {
    this.#start(response, args as Readonly<Record<string, unknown>>);
  }

  protected override attachRequest(
    response: DebugProtocol.AttachResponse,
    args: DebugProtocol.AttachRequestArguments,
  ): void {
    this.#start(response, args as Readonly<Record<string, unknown>>);
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    if (this.#state.type !== 'running') return;
    this.#state.run.begin();
    if (this.#firstEvent === undefined) return;
    this.send(this.#firstEvent);
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    { expression, context }: DebugProtocol.EvaluateArguments,
  ): void {
    const run = this.run;
    const refuse = (text: string) =>
      this.sendErrorResponse(response, { id: 2, format: '{text}', variables: { text } });
    if (run === undefined) {
      refuse('The function is not running.');
      return;
    }
    if (context !== 'repl' || !isJson(expression)) {
      refuse(`${expression} is not JSON. Type an event, such as {"name": "Ada"}.`);
      return;
    }
    run.invoke(expression).then(
      (result) => {
        response.body = { result: describeAnswer(result), variablesReference: 0 };
        this.sendResponse(response);
      },
      (error: unknown) => refuse(describeError(error)),
    );
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    args: DebugProtocol.CompletionsArguments,
  ): void {
    response.body = { targets: this.completionsOf(args) };
    this.sendResponse(response);
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    { breakpoints = [] }: DebugProtocol.SetBreakpointsArguments,
  ): void {
    // The language's own debugger binds them; this session has no code of its own.
    response.body = { breakpoints: breakpoints.map(() => ({ verified: false })) };
    this.sendResponse(response);
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [] };
    this.sendResponse(response);
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    void this.#stop().finally(() => {
      this.sendResponse(response);
      this.sendEvent(new TerminatedEvent());
    });
  }

  /**
   * Ends the run and everything in it; resolves when nothing of it is left, also when it was called before or while the
   * run was being opened.
   */
  async end(): Promise<void> {
    await this.#stop();
    await this.#opening;
  }

  /** The same for a run that is open; what is being opened may wait for an answer of the user, and ends after that. */
  #stop(): Promise<void> {
    this.#stopping ??= this.#stopRun();
    return this.#stopping;
  }

  async #stopRun(): Promise<void> {
    const run = this.run;
    this.#watcher?.dispose();
    this.#state = { type: 'ended' };
    await run?.stop();
    this.#console.flush();
  }

  override dispose(): void {
    void this.end();
    super.dispose();
  }

  #start(response: StartResponse, raw: Readonly<Record<string, unknown>>): void {
    this.#opening = this.#open(raw).then(
      () => {
        if (this.#state.type !== 'running') return; // ended meanwhile: nobody waits for the answer
        this.sendResponse(response);
        this.sendEvent(new InitializedEvent());
      },
      (error: unknown) => {
        this.#state = { type: 'ended' };
        this.sendErrorResponse(response, {
          id: 1,
          format: '{text}',
          variables: { text: describeError(error) },
          showUser: true,
        });
      },
    );
  }

  async #open(raw: Readonly<Record<string, unknown>>): Promise<void> {
    this.#firstEvent = await this.#ports.firstEvent(raw);
    const run = await this.#ports.openRun(raw, {
      editor: this.#ports.editor,
      notice: (text) => this.#console.notice(text),
      trace: (text) => this.#console.trace(text),
      problem: (text) => this.#console.announce(text),
    });
    if (this.#state.type !== 'new') return run.stop(); // stopped meanwhile
    this.#state = { type: 'running', run };
    run.onLog((line) => {
      this.#console.log(line);
      this.#ports.onLog(line);
    });
    run.onInvocation((record) => this.#console.finished(record));
    if (raw['hotReload'] === true)
      this.#watcher = this.#ports.watch(run.watched, (path) => this.#reload(path));
    this.#console.started(run);
  }

  #reload(path: string): void {
    this.#console.notice(`${path} changed: the next invocation runs in a new execution environment.`);
    this.run?.reload();
  }

  /** The log of what is answered stands before the answer. */
  override sendResponse(response: DebugProtocol.Response): void {
    this.#console.flush();
    super.sendResponse(response);
  }
}
