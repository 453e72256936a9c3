import type { DebugProtocol } from '@vscode/debugprotocol';

/** After these the program runs, and an adapter need not say so by `continued` (Debug Adapter Protocol). */
const resumingRequests = ['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto'];
const resumingEvents = ['continued', 'terminated', 'exited'];

/** Holds the function's clock while the program of one debug session is stopped, as its messages tell. */
export class DebuggeePause {
  readonly #pause: () => (() => void) | undefined;
  #resume: (() => void) | undefined;

  /** `pause` stops the clock, if there is one now, and returns what lets it go on. */
  constructor(pause: () => (() => void) | undefined) {
    this.#pause = pause;
  }

  /** Whether the program is stopped. */
  get isStopped(): boolean {
    return this.#resume !== undefined;
  }

  /** Looks at a message on its way to the debugger. */
  onRequest(message: DebugProtocol.ProtocolMessage): void {
    if (message.type !== 'request') return;
    if (resumingRequests.includes((message as DebugProtocol.Request).command)) this.end();
  }

  /** Looks at a message on its way to the editor. */
  onAnswer(message: DebugProtocol.ProtocolMessage): void {
    if (message.type !== 'event') return;
    const { event } = message as DebugProtocol.Event;
    if (event === 'stopped') this.#resume ??= this.#pause();
    else if (resumingEvents.includes(event)) this.end();
  }

  /** Lets the clock go on: the program runs, or nobody holds it any more. Idempotent. */
  end(): void {
    this.#resume?.();
    this.#resume = undefined;
  }
}
