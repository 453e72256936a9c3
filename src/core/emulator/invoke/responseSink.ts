/**
 * Where an invoker wants a response that the runtime streams, chunk by chunk as it is written. A response that is not
 * streamed never comes here; the invoker takes it whole from the invocation's answer. How a stream ended is in that
 * answer too, which settles after the last chunk.
 */
export interface ResponseSink {
  /** Once, before the first chunk: the response's `Content-Type`. */
  start(contentType: string): void;
  /** Resolves when there is room for more, so that a slow reader slows the runtime down; never rejects. */
  write(chunk: Buffer): Promise<void>;
}
