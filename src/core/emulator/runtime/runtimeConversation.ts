import type { Disposable } from '../../base/disposable.ts';
import type { Answer, Invocation } from '../invocation.ts';

/** Receives the event of a `next` call. */
export type Delivery = (invocation: Invocation, deadlineMs: number) => void;

/**
 * What became of a call: taken, refused because of the state (403), for an id that is not current (400), or for an
 * invocation whose time is over (410, only where an environment survives that).
 */
export type CallOutcome<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unknownId' }
  | { readonly kind: 'timedOut' };

/** What a conversation tells the environment it is part of. */
export interface ConversationEvents {
  /** The runtime called `next`: after init, or after an answer. */
  ready(): void;
  /** The runtime reported that its init failed. */
  initError(answer: Answer): void;
  /** The first bytes of a response, or of an error, are there. */
  responding(invocation: Invocation): void;
  /** The runtime has answered. */
  responded(invocation: Invocation): void;
}

/** A runtime's side of the Runtime API: what it may call now, and what it gets. */
export interface RuntimeConversation {
  /** Makes an invocation's id valid; its event is handed out by `dispatch`. */
  assign(invocation: Invocation): void;
  /** Hands the assigned invocation's event to the runtime, as soon as that asks for it. */
  dispatch(invocation: Invocation, deadlineMs: number): void;
  /** `GET next`. An accepted call waits until its event is delivered or the returned handle is disposed. */
  next(deliver: Delivery): CallOutcome<Disposable>;
  /** `POST response` or `error`, before the body: the id is checked first, then the state. */
  begin(requestId: string, call: 'response' | 'error'): CallOutcome<Invocation>;
  /** The body of an accepted `response` or `error` has come; the invocation may be over meanwhile. */
  finish(invocation: Invocation, answer: Answer): CallOutcome<undefined>;
  /** `POST init/error`, before the body. */
  beginInitError(): CallOutcome<undefined>;
  /** The body of an accepted `init/error` has been taken. */
  finishInitError(answer: Answer): void;
  /** The invocation is over for the caller, whatever the runtime still says. */
  giveUp(invocation: Invocation): void;
  /** Nothing is delivered any more. */
  close(): void;
}
