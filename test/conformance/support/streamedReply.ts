import type {
  InvokeWithResponseStreamCompleteEvent,
  InvokeWithResponseStreamResponseEvent,
} from '@aws-sdk/client-lambda';
import assert from 'node:assert/strict';

/** A streamed response, read piece by piece. */
export class StreamedReply {
  /** What has come so far. */
  text = '';
  /** The event at the end, once it has come. */
  complete: InvokeWithResponseStreamCompleteEvent | undefined;
  readonly #events: AsyncIterator<InvokeWithResponseStreamResponseEvent>;

  constructor(events: AsyncIterable<InvokeWithResponseStreamResponseEvent>) {
    this.#events = events[Symbol.asyncIterator]();
  }

  /** Reads on until the text holds this, or the stream ends. */
  async until(part: string): Promise<void> {
    while (!this.text.includes(part) && (await this.#read()));
    assert.ok(this.text.includes(part), `"${part}" has come before the end of "${this.text}"`);
  }

  /** Reads to the end. */
  async end(): Promise<InvokeWithResponseStreamCompleteEvent | undefined> {
    while (await this.#read());
    return this.complete;
  }

  async #read(): Promise<boolean> {
    const next = await this.#events.next();
    if (next.done === true) return false;
    const { PayloadChunk, InvokeComplete } = next.value;
    this.text += Buffer.from(PayloadChunk?.Payload ?? []).toString('utf8');
    this.complete = InvokeComplete ?? this.complete;
    return true;
  }
}
