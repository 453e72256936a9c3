import type { ServerResponse } from 'node:http';
import { writeWithBackpressure } from './responseWriter.ts';

/** One message of an AWS event stream; all headers that Lambda sends are strings. */
export interface EventStreamMessage {
  readonly headers: Record<string, { readonly type: 'string'; readonly value: string }>;
  readonly body: Uint8Array;
}

/** Puts a message into its binary frame with lengths and checksums. The codecs of AWS's SDKs fit. */
export interface EventStreamEncoder {
  encode(message: EventStreamMessage): Uint8Array;
}

/** How a stream ended (`InvokeWithResponseStreamCompleteEvent`). */
export interface StreamCompletion {
  readonly ErrorCode?: string;
  readonly ErrorDetails?: string;
  /** Base64 of the last 4 KiB of the log. */
  readonly LogResult?: string;
}

/**
 * The largest payload of one event, in bytes. The service documents none; SDKs hold an event in memory as a whole and
 * refuse those of 16 MiB and more.
 */
const maxEventPayloadBytes = 64 * 1024;

/** Writes the events of `InvokeWithResponseStream`, names and headers as the service does. */
export class EventStreamWriter {
  readonly #response: ServerResponse;
  readonly #encoder: EventStreamEncoder;
  #begun = false;

  constructor(response: ServerResponse, encoder: EventStreamEncoder) {
    this.#response = response;
    this.#encoder = encoder;
  }

  /** Whether an event was written. */
  get begun(): boolean {
    return this.#begun;
  }

  /** A part of the function's response, cut if need be. Resolves when there is room for more; never rejects. */
  async chunk(payload: Uint8Array): Promise<void> {
    for (let start = 0; start < payload.length; start += maxEventPayloadBytes) {
      const part = payload.subarray(start, start + maxEventPayloadBytes);
      await this.#write('PayloadChunk', 'application/octet-stream', part);
    }
  }

  /** The last event, and the end of the answer. */
  async complete(completion: StreamCompletion): Promise<void> {
    await this.#write('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(completion)));
    this.#response.end();
  }

  #write(eventType: string, contentType: string, body: Uint8Array): Promise<void> {
    const headers = {
      ':event-type': { type: 'string', value: eventType },
      ':content-type': { type: 'string', value: contentType },
      ':message-type': { type: 'string', value: 'event' },
    } as const;
    this.#begun = true;
    return writeWithBackpressure(this.#response, this.#encoder.encode({ headers, body }));
  }
}
