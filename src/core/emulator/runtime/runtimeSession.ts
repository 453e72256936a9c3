import { toDisposable, type Disposable } from '../../base/disposable.ts';
import type { Answer, Invocation } from '../invocation.ts';
import { refusalMessage, runtimeStates, type RuntimeCall, type RuntimeState } from './runtimeStates.ts';

/** Receives the event of a `next` call. */
export type Delivery = (invocation: Invocation, deadlineMs: number) => void;

/** What became of a call: taken, refused because of the state (403), or for an id that is not current (400). */
export type CallOutcome<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unknownId' };

/** What a session tells the environment it is part of. */
export interface SessionEvents {
  /** The runtime called `next`: after init, or after an answer. */
  ready(): void;
  /** The runtime reported that its init failed. */
  initError(answer: Answer): void;
}

/**
 * One runtime's conversation with the Runtime API: its state, the invocation it works on, and the `next` calls that
 * wait. Several may wait; as in the Runtime Interface Emulator each event goes to the one that waits longest.
 */
export class RuntimeSession {
  readonly #events: SessionEvents;
  readonly #parked = new Set<{ readonly deliver: Delivery }>();
  #state: RuntimeState = 'Started';
  #current: Invocation | undefined;
  #deadlineMs = 0;
  #waiting = false;

  constructor(events: SessionEvents) {
    this.#events = events;
  }

  get state(): RuntimeState {
    return this.#state;
  }

  /** Makes an invocation's id valid; its event is handed out by `dispatch`. */
  assign(invocation: Invocation): void {
    this.#current = invocation;
  }

  /** Hands the assigned invocation's event to the runtime, as soon as that asks for it. */
  dispatch(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#waiting = true;
    this.#deliver();
  }

  /**
   * `GET next`. An accepted call waits until its event is delivered or the returned handle is disposed; a runtime
   * that already has an event gets the same one again, at once.
   */
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

  /** `POST response` or `error`, before the body: the id is checked first, then the state. */
  begin(requestId: string, call: 'response' | 'error'): CallOutcome<Invocation> {
    const invocation = this.#current;
    if (invocation?.requestId !== requestId || invocation.currentAnswer !== undefined) {
      return { kind: 'unknownId' };
    }
    return this.#step(call) ?? { kind: 'accepted', value: invocation };
  }

  /** The body of an accepted `response` or `error` has been taken. */
  finish(invocation: Invocation, answer: Answer): void {
    if (this.#current !== invocation) return; // the environment was given up meanwhile
    this.#state = runtimeStates[this.#state].sent ?? this.#state;
    invocation.answer(answer);
  }

  /** `POST init/error`, before the body. */
  beginInitError(): CallOutcome<undefined> {
    return this.#step('initError') ?? { kind: 'accepted', value: undefined };
  }

  /** The body of an accepted `init/error` has been taken. */
  finishInitError(answer: Answer): void {
    this.#events.initError(answer);
  }

  /** Nothing is delivered any more. */
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
