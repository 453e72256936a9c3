import { toDisposable, type Disposable } from '../../base/disposable.ts';
import type { Answer, Invocation } from '../invocation.ts';
import type {
  CallOutcome,
  ConversationEvents,
  Delivery,
  RuntimeConversation,
} from './runtimeConversation.ts';
import { refusalMessage, runtimeStates, type RuntimeState } from './runtimeStates.ts';

/** How many ids of invocations that took too long are remembered, to tell them from unknown ones. */
const rememberedTimeouts = 1000;

interface Flight {
  readonly invocation: Invocation;
  readonly deadlineMs: number;
  state: RuntimeState;
}

/**
 * A runtime that takes several events at a time (`AWS_LAMBDA_MAX_CONCURRENCY`, Lambda Managed Instances): each
 * invocation goes through the states by itself. An invocation that takes too long does not end the environment; its
 * late answer is refused with 410.
 */
export class ConcurrentSession implements RuntimeConversation {
  readonly #events: ConversationEvents;
  readonly #parked = new Set<{ readonly deliver: Delivery }>();
  readonly #queue: Flight[] = [];
  readonly #flights = new Map<string, Flight>();
  readonly #timedOut = new Set<string>();
  #state: RuntimeState = 'Started';

  constructor(events: ConversationEvents) {
    this.#events = events;
  }

  assign(): void {
    // An id becomes valid when its event is handed out: here nobody can know it before.
  }

  dispatch(invocation: Invocation, deadlineMs: number): void {
    this.#queue.push({ invocation, deadlineMs, state: 'Ready' });
    this.#deliver();
  }

  next(deliver: Delivery): CallOutcome<Disposable> {
    const from = this.#state;
    const to = runtimeStates[from].next;
    if (to === undefined) return { kind: 'refused', message: refusalMessage(from, 'next') };
    this.#state = to;
    const entry = { deliver };
    this.#parked.add(entry);
    if (from !== 'Ready') this.#events.ready();
    this.#deliver();
    return { kind: 'accepted', value: toDisposable(() => void this.#parked.delete(entry)) };
  }

  begin(requestId: string, call: 'response' | 'error'): CallOutcome<Invocation> {
    const flight = this.#flights.get(requestId); // first: a retry has the id of the attempt that took too long
    if (flight === undefined) return this.#gone(requestId);
    const to = runtimeStates[flight.state][call];
    if (to === undefined) return { kind: 'refused', message: refusalMessage(flight.state, call) };
    flight.state = to;
    this.#events.responding(flight.invocation);
    return { kind: 'accepted', value: flight.invocation };
  }

  finish(invocation: Invocation, answer: Answer): CallOutcome<undefined> {
    const { requestId } = invocation;
    if (this.#flights.get(requestId)?.invocation !== invocation) return this.#gone(requestId);
    this.#flights.delete(requestId);
    this.#timedOut.delete(requestId);
    invocation.answer(answer);
    this.#events.responded(invocation);
    return { kind: 'accepted', value: undefined };
  }

  beginInitError(): CallOutcome<undefined> {
    const to = runtimeStates[this.#state].initError;
    if (to === undefined) return { kind: 'refused', message: refusalMessage(this.#state, 'initError') };
    this.#state = to;
    return { kind: 'accepted', value: undefined };
  }

  finishInitError(answer: Answer): void {
    this.#events.initError(answer);
  }

  giveUp(invocation: Invocation): void {
    const waiting = this.#queue.findIndex((flight) => flight.invocation === invocation);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    if (!this.#flights.delete(invocation.requestId)) return;
    this.#timedOut.add(invocation.requestId);
    const [oldest] = this.#timedOut;
    if (this.#timedOut.size > rememberedTimeouts && oldest !== undefined) this.#timedOut.delete(oldest);
  }

  close(): void {
    this.#parked.clear();
    this.#flights.clear();
    this.#queue.length = 0;
  }

  #gone(requestId: string): { readonly kind: 'timedOut' | 'unknownId' } {
    return { kind: this.#timedOut.has(requestId) ? 'timedOut' : 'unknownId' };
  }

  #deliver(): void {
    for (const entry of this.#parked) {
      const flight = this.#queue.shift();
      if (flight === undefined) return;
      this.#parked.delete(entry);
      flight.state = 'Running';
      this.#flights.set(flight.invocation.requestId, flight);
      entry.deliver(flight.invocation, flight.deadlineMs);
    }
  }
}
