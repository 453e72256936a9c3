import { toDisposable, type Disposable } from '../../base/disposable.ts';
import type { Answer, Invocation } from '../invocation.ts';
import type {
  CallOutcome,
  ConversationEvents,
  Delivery,
  RuntimeConversation,
} from './runtimeConversation.ts';
import { refusalMessage, runtimeStates, type RuntimeCall, type RuntimeState } from './runtimeStates.ts';

/**
 * A runtime that takes one event at a time: its state, the invocation it works on, and the `next` calls that wait.
 * Several may wait; as in the Runtime Interface Emulator each event goes to the one that waits longest.
 */
export class RuntimeSession implements RuntimeConversation {
  readonly #events: ConversationEvents;
  readonly #parked = new Set<{ readonly deliver: Delivery }>();
  #state: RuntimeState = 'Started';
  #current: Invocation | undefined;
  #deadlineMs = 0;
  #waiting = false;

  constructor(events: ConversationEvents) {
    this.#events = events;
  }

  get state(): RuntimeState {
    return this.#state;
  }

  assign(invocation: Invocation): void {
    this.#current = invocation;
  }

  dispatch(_invocation: Invocation, deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#waiting = true;
    this.#deliver();
  }

  /** A runtime that already has an event gets the same one again, at once. */
  next(deliver: Delivery): CallOutcome<Disposable> {
    const from = this.#state;
    const current = this.#current;
    const refused = this.#step('next');
    if (refused !== undefined) return refused;
    if (from === 'Running' && current !== undefined) {
      deliver(current, this.#deadlineMs);
      return { kind: 'accepted', value: toDisposable(() => undefined) };
    }
    const entry = { deliver };
    this.#parked.add(entry);
    if (from !== 'Ready') this.#events.ready();
    this.#deliver();
    return { kind: 'accepted', value: toDisposable(() => void this.#parked.delete(entry)) };
  }

  begin(requestId: string, call: 'response' | 'error'): CallOutcome<Invocation> {
    const invocation = this.#current;
    if (invocation?.requestId !== requestId || invocation.currentAnswer !== undefined) {
      return { kind: 'unknownId' };
    }
    const refused = this.#step(call);
    if (refused !== undefined) return refused;
    this.#events.responding(invocation);
    return { kind: 'accepted', value: invocation };
  }

  finish(invocation: Invocation, answer: Answer): CallOutcome<undefined> {
    if (this.#current !== invocation) return { kind: 'unknownId' }; // the environment was given up meanwhile
    this.#state = runtimeStates[this.#state].sent ?? this.#state;
    invocation.answer(answer);
    this.#events.responded(invocation);
    return { kind: 'accepted', value: undefined };
  }

  beginInitError(): CallOutcome<undefined> {
    return this.#step('initError') ?? { kind: 'accepted', value: undefined };
  }

  finishInitError(answer: Answer): void {
    this.#events.initError(answer);
  }

  giveUp(invocation: Invocation): void {
    if (this.#current === invocation) this.#current = undefined;
  }

  close(): void {
    this.#parked.clear();
    this.#current = undefined;
  }

  #deliver(): void {
    const [oldest] = this.#parked;
    const to = runtimeStates[this.#state].dispatch;
    if (!this.#waiting || oldest === undefined || this.#current === undefined || to === undefined) return;
    this.#parked.delete(oldest);
    this.#waiting = false;
    this.#state = to;
    oldest.deliver(this.#current, this.#deadlineMs);
  }

  #step(call: RuntimeCall): { kind: 'refused'; message: string } | undefined {
    const to = runtimeStates[this.#state][call];
    if (to === undefined) return { kind: 'refused', message: refusalMessage(this.#state, call) };
    this.#state = to;
    return undefined;
  }
}
