import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from '../invocation.ts';
import { functionUrlResult } from './functionUrlResult.ts';
import { httpHead, type HttpHead } from './httpHead.ts';
import { PreludeReader } from './preludeReader.ts';
import { integrationResponseType, streamType, type ResponseHead, type ResponseSink } from './responseSink.ts';
import { writeWithBackpressure } from './responseWriter.ts';

/** Names the cause of a 502 for a person; the service has nothing like it. */
const reasonHeader = 'X-Emulator-Reason';

/** What a response that cannot be sent is answered, word for word as the service does it: it is not JSON. */
const badGateway = 'Internal Server Error';

/** What a response needs besides its `ServerResponse`. */
export interface FunctionUrlResponseOptions {
  /** Headers that identify the invocation; asked when the answer begins. */
  readonly headers: () => OutgoingHttpHeaders;
  /** Told why a response cannot be sent. */
  readonly onMalformed: (reason: string) => void;
}

/** The answer of one request to a function URL: a streamed response is passed on as it comes. */
export class FunctionUrlResponse implements ResponseSink {
  readonly #response: ServerResponse;
  readonly #options: FunctionUrlResponseOptions;
  #prelude: PreludeReader | undefined;

  constructor(response: ServerResponse, options: FunctionUrlResponseOptions) {
    this.#response = response;
    this.#options = options;
  }

  /** Go's `lambdaurl` says by the type alone that it streams; other responses are JSON that describes the answer. */
  wants({ contentType, mode }: ResponseHead): boolean {
    return mode === 'streaming' || mediaType(contentType ?? '') === integrationResponseType;
  }

  start(contentType: string): void {
    if (mediaType(contentType) === integrationResponseType) {
      this.#prelude = new PreludeReader();
      return;
    }
    const read = httpHead({ headers: contentType === '' ? {} : { 'content-type': contentType } }, streamType);
    if (read.kind === 'valid') this.#begin(read.head);
    else this.#malformed(read.reason);
  }

  async write(chunk: Buffer): Promise<void> {
    const state = this.#prelude?.push(chunk) ?? { kind: 'valid', head: undefined, rest: chunk };
    switch (state.kind) {
      case 'incomplete':
        return;
      case 'malformed':
        this.#malformed(state.reason);
        return;
      case 'valid':
        if (state.head !== undefined) this.#begin(state.head);
        await writeWithBackpressure(this.#response, state.rest);
    }
  }

  /**
   * Sends the answer, or what is missing of it. An error after the response has begun breaks the connection, by which
   * alone a client sees that something is missing.
   */
  finish(answer: Answer): void {
    if (this.#response.writableEnded) return; // with a 502
    if (this.#response.headersSent) {
      if (answer.status === 'success') this.#response.end();
      else this.#response.destroy();
    } else if (answer.status !== 'success') {
      this.#fail(answer.errorType ?? 'Unhandled');
    } else if (this.#prelude !== undefined) {
      this.#malformed('The response ended before the eight zero bytes after its prelude.');
    } else {
      this.#sendWhole(answer.payload);
    }
  }

  #sendWhole(payload: Uint8Array): void {
    const result = functionUrlResult(payload);
    if (result.kind === 'malformed') {
      this.#malformed(result.reason);
      return;
    }
    const { head, body } = result;
    const hasBody = head.status !== 204 && head.status !== 304;
    this.#writeHead(head, hasBody ? { 'Content-Length': body.length } : {});
    this.#response.end(body);
  }

  #begin(head: HttpHead): void {
    this.#prelude = undefined;
    this.#writeHead(head, {});
    this.#response.flushHeaders();
  }

  /** The function's headers, and ours, which replace those of the same name. */
  #writeHead(head: HttpHead, more: OutgoingHttpHeaders): void {
    const ours = Object.entries({ ...this.#options.headers(), ...more });
    const byName = Object.fromEntries(ours.map(([name, value]) => [name.toLowerCase(), value]));
    this.#response.writeHead(head.status, { ...head.headers, ...byName });
  }

  #malformed(reason: string): void {
    this.#prelude = undefined;
    this.#options.onMalformed(reason);
    this.#fail(reason);
  }

  #fail(reason: string): void {
    const headers = {
      ...this.#options.headers(),
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(badGateway),
      [reasonHeader]: reason.replace(/[^\x20-\x7e]/g, '?'),
    };
    this.#response.writeHead(502, headers).end(badGateway);
  }
}

function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
