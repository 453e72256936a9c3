import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from '../invocation.ts';
import { EventStreamWriter, type EventStreamEncoder, type StreamCompletion } from './eventStreamWriter.ts';
import type { ResponseSink } from './responseSink.ts';

/** The answer of one `InvokeWithResponseStream` call: an event stream, chunk by chunk as the runtime writes. */
export class EventStreamResponse implements ResponseSink {
  readonly #response: ServerResponse;
  readonly #writer: EventStreamWriter;
  readonly #headers: () => OutgoingHttpHeaders;

  /** `headers` gives what identifies the invocation; it is asked when the first chunk comes, or the answer. */
  constructor(response: ServerResponse, encoder: EventStreamEncoder, headers: () => OutgoingHttpHeaders) {
    this.#response = response;
    this.#writer = new EventStreamWriter(response, encoder);
    this.#headers = headers;
  }

  /** As in the official emulator it is the invoker who decides, not what the runtime says of its response. */
  wants(): boolean {
    return true;
  }

  start(contentType: string): void {
    if (this.#response.headersSent) return;
    // The response's own type gives way to the stream's, as the service does it.
    this.#response.writeHead(200, {
      ...this.#headers(),
      'Content-Type': 'application/vnd.amazon.eventstream',
      ...(contentType === '' ? {} : { 'X-Amzn-Remapped-Content-Type': contentType }),
    });
    // The first chunk goes with them, unless it is not there yet.
    setImmediate(() => {
      if (!this.#writer.begun) this.#response.flushHeaders();
    });
  }

  write(chunk: Buffer): Promise<void> {
    return this.#writer.chunk(chunk);
  }

  /**
   * Ends the stream. What was not streamed is sent whole: an error that the runtime posted to `error` too, whose JSON
   * the service passes on as payload.
   */
  async finish(answer: Answer, logTail: string | undefined): Promise<void> {
    if (!this.#response.headersSent) {
      this.start(answer.contentType ?? 'application/json');
      await this.#writer.chunk(answer.payload);
    }
    await this.#writer.complete(completion(answer, logTail));
  }

  /** Ends a stream that has begun, when there will be no answer any more. */
  async abandon(reason: string): Promise<void> {
    await this.#writer.complete({ ErrorCode: 'Sandbox.Failure', ErrorDetails: reason });
  }
}

function completion(answer: Answer, logTail: string | undefined): StreamCompletion {
  const error = {
    ErrorCode: answer.errorType ?? 'Unhandled',
    ErrorDetails: Buffer.from(answer.payload).toString('utf8'),
  };
  return {
    ...(answer.status === 'success' ? {} : error),
    ...(logTail === undefined ? {} : { LogResult: Buffer.from(logTail).toString('base64') }),
  };
}
