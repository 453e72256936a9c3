import { randomUUID } from 'node:crypto';
import { Deferred } from './deferred.ts';
import type { ResponseSink } from './invoke/responseSink.ts';
import { LogTail } from './log/logTail.ts';

/** Who a mobile application's user is, as Amazon Cognito tells. */
export interface CognitoIdentity {
  readonly identityId: string;
  readonly identityPoolId: string;
}

/** What comes with an event. */
export interface InvocationContext {
  /** Version or alias that the caller named; becomes part of the invoked ARN. */
  readonly qualifier?: string | undefined;
  /** JSON text, decoded. */
  readonly clientContext?: string | undefined;
  readonly cognitoIdentity?: CognitoIdentity | undefined;
  readonly tenantId?: string | undefined;
  /** Basis of the trace header; what it lacks is made up. */
  readonly traceHeader?: string | undefined;
}

/** One call of the function. */
export interface InvokeRequest extends InvocationContext {
  /** The event: JSON text, or its bytes, which must not be changed afterwards. */
  readonly payload: string | Uint8Array;
  /** A new one when absent. */
  readonly requestId?: string | undefined;
  /** Where a streamed response goes as it is written; without one it is collected like any other. */
  readonly sink?: ResponseSink | undefined;
}

/** What an invocation came to: `error` was reported by the runtime, `crash` found by the emulator. */
export type InvokeStatus = 'success' | 'error' | 'timeout' | 'crash';

/** What the invoker is answered. */
export interface Answer {
  readonly status: InvokeStatus;
  /** The response, or the error object; of a streamed response its beginning, up to the size of a buffered one. */
  readonly payload: Uint8Array;
  /** Validated error type; absent on success. */
  readonly errorType?: string;
  /** JSON text of the X-Ray cause of a reported error, which the invoker does not see; 64 KiB at most. */
  readonly errorCause?: string;
  /** The response's media type, as the runtime gave it. */
  readonly contentType?: string;
}

/** An answer with the figures of its invocation. Durations leave out the time a debugger was paused. */
export interface InvokeResult extends Answer {
  readonly requestId: string;
  /** The value of `X-Amz-Function-Error`. */
  readonly functionError?: 'Unhandled';
  /** The last 4,096 bytes of the invocation's log. */
  readonly logTail: string;
  readonly durationMs: number;
  readonly billedMs: number;
  /** Length of the init phase, on a cold start. */
  readonly initMs?: number;
  /** How long the clock stood still meanwhile, which is in no other figure; absent when it did not. */
  readonly pausedMs?: number;
  /** 0 when not known. */
  readonly maxMemoryMb: number;
}

/** The state of an invocation, for views. Times are milliseconds since 1970. */
export interface InvocationRecord {
  readonly requestId: string;
  /** 1, and one more for each retry of an `Event` invocation. */
  readonly attempt: number;
  /** The event's bytes. */
  readonly payload: Uint8Array;
  readonly context: InvocationContext;
  /** `dropped`: the emulator was stopped first. */
  readonly state: 'queued' | 'running' | 'done' | 'dropped';
  readonly queuedAtMs: number;
  readonly startedAtMs?: number;
  /** Whether the execution environment was started for it, or was serving its first event. */
  readonly coldStart?: boolean;
  readonly result?: InvokeResult;
}

/** The response's text. */
export function payloadText(result: Pick<Answer, 'payload'>): string {
  return Buffer.from(result.payload).toString('utf8');
}

/** What an invocation is made of. */
export interface InvocationParts {
  readonly request: InvokeRequest;
  /** The checked event. */
  readonly payload: Buffer;
  readonly traceHeader: string;
  /** Nobody waits for the answer; it is tried again when it fails. */
  readonly asynchronous?: boolean;
}

/** One call on its way: queued, handed to the runtime, answered (by the runtime), completed (runtime ready again). */
export class Invocation {
  readonly requestId: string;
  readonly attempt: number;
  readonly tail = new LogTail();
  /** Settles as soon as there is something to tell the invoker. */
  readonly answered = new Deferred<Answer>();
  /** Settles after the `REPORT` line. */
  readonly completed = new Deferred<InvokeResult>();
  /** When the runtime began and ended its response, in running milliseconds, and its size. */
  response: { readonly startMs: number; readonly endMs?: number; readonly bytes?: number } | undefined;
  /** When the runtime was ready for the next event while extensions were not yet, in running milliseconds. */
  runtimeReadyMs: number | undefined;
  readonly #parts: InvocationParts;
  #answer: Answer | undefined;

  /** `previous` is the attempt that this one repeats: the request id stays. */
  constructor(parts: InvocationParts, previous?: Invocation) {
    this.#parts = parts;
    this.requestId = previous?.requestId ?? parts.request.requestId ?? randomUUID();
    this.attempt = (previous?.attempt ?? 0) + 1;
  }

  get request(): InvokeRequest {
    return this.#parts.request;
  }

  /** What came with the event. */
  get context(): InvocationContext {
    const { clientContext, cognitoIdentity, qualifier, tenantId, traceHeader } = this.#parts.request;
    return { clientContext, cognitoIdentity, qualifier, tenantId, traceHeader };
  }

  get payload(): Buffer {
    return this.#parts.payload;
  }

  get traceHeader(): string {
    return this.#parts.traceHeader;
  }

  get asynchronous(): boolean {
    return this.#parts.asynchronous === true;
  }

  get currentAnswer(): Answer | undefined {
    return this.#answer;
  }

  /** The same call once more. */
  retry(): Invocation {
    return new Invocation(this.#parts, this);
  }

  /** Gives the answer; only the first counts, and is returned. */
  answer(answer: Answer): Answer {
    this.#answer ??= answer;
    this.answered.resolve(this.#answer);
    return this.#answer;
  }

  /** The invocation will never run to its end. */
  fail(error: Error): void {
    this.answered.reject(error);
    this.completed.reject(error);
  }
}
