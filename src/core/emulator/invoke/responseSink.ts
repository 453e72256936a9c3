/** What a runtime says of a response before its first byte. */
export interface ResponseHead {
  /** Whether it says that it streams; AWS's client for Go never does. */
  readonly mode: 'streaming' | undefined;
  readonly contentType: string | undefined;
}

/** The type of a streamed response that names none. */
export const streamType = 'application/octet-stream';

/** The `Content-Type` of a response that begins with a prelude: status and headers for a browser. */
export const integrationResponseType = 'application/vnd.awslambda.http-integration-response';

/**
 * Where an invoker wants a response that the runtime streams, chunk by chunk as it is written. A response that is not
 * streamed never comes here; the invoker takes it whole from the invocation's answer. How a stream ended is in that
 * answer too, which settles after the last chunk.
 */
export interface ResponseSink {
  /** Whether it wants this response as it is written; another one is collected first. */
  wants(head: ResponseHead): boolean;
  /** Once, before the first chunk: the response's `Content-Type`. */
  start(contentType: string): void;
  /** Resolves when there is room for more, so that a slow reader slows the runtime down; never rejects. */
  write(chunk: Buffer): Promise<void>;
}
