import type { DebugProtocol } from '@vscode/debugprotocol';
import { isJson } from '../base/json.ts';

/** The function behind a debug console that belongs to its debugger. */
export interface ConsoleFunction {
  /** Sends an event (JSON text) to the function. */
  send(event: string): void;
  /** Earlier events that begin like what is typed. */
  completionsOf(typed: DebugProtocol.CompletionsArguments): DebugProtocol.CompletionItem[];
  /** Whether the debugger has stopped it, so that what is typed is meant for the debugger. */
  isStopped(): boolean;
}

type Completions = DebugProtocol.CompletionsRequest;

/**
 * Lets events be typed in a console that belongs to a language's debugger. JSON typed there while the program runs is
 * an event; the debugger gets a harmless text to evaluate in its place, since nobody can answer for it, and what it
 * makes of that is replaced by `sent`. Earlier events are offered beside what the debugger offers.
 */
export class ConsoleEvents {
  readonly #function: ConsoleFunction;
  readonly #sent: string;
  /** Numbers of the requests in whose place an event was sent. */
  readonly #taken = new Set<number>();
  readonly #typed = new Map<number, Completions>();

  constructor(target: ConsoleFunction, sent: string) {
    this.#function = target;
    this.#sent = sent;
  }

  /** Changes a message on its way to the debugger, in place. */
  onRequest(message: DebugProtocol.ProtocolMessage): void {
    if (message.type !== 'request') return;
    const request = message as DebugProtocol.Request;
    if (request.command === 'completions') this.#typed.set(request.seq, request as Completions);
    else if (request.command === 'evaluate') this.#takeEvent(request as DebugProtocol.EvaluateRequest);
  }

  /** Changes a message on its way to the editor, in place. */
  onAnswer(message: DebugProtocol.ProtocolMessage): void {
    if (message.type !== 'response') return;
    this.#answerTaken(message as DebugProtocol.Response);
    this.#offerEvents(message as DebugProtocol.CompletionsResponse);
  }

  #takeEvent({ arguments: args, seq }: DebugProtocol.EvaluateRequest): void {
    if (this.#function.isStopped() || args.context !== 'repl') return;
    if (!isDocumentLike(args.expression) || !isJson(args.expression)) return;
    this.#function.send(args.expression);
    args.expression = '0';
    this.#taken.add(seq);
  }

  #answerTaken(response: DebugProtocol.Response): void {
    if (!this.#taken.delete(response.request_seq)) return;
    response.success = true;
    response.body = { result: this.#sent, variablesReference: 0 };
  }

  #offerEvents(response: DebugProtocol.CompletionsResponse): void {
    const request = this.#typed.get(response.request_seq);
    if (request === undefined) return;
    this.#typed.delete(response.request_seq);
    const { arguments: typed } = request;
    if (!response.success || this.#function.isStopped() || !isDocumentLike(typed.text)) return;
    const { targets = [] } = (response.body as DebugProtocol.CompletionsResponse['body'] | undefined) ?? {};
    response.body = { ...response.body, targets: [...this.#function.completionsOf(typed), ...targets] };
  }
}

/** Begins like an object or a list, which can hardly be meant as an expression. */
function isDocumentLike(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
