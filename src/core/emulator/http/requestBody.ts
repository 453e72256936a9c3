import type { IncomingMessage } from 'node:http';

/** A request's body, or why there is none. `size` is in bytes, of all that came; `bytes` may be its beginning only. */
export type RequestBody =
  | { readonly kind: 'complete'; readonly bytes: Buffer; readonly size: number }
  | { readonly kind: 'tooLarge'; readonly size: number }
  | { readonly kind: 'truncated' };

/**
 * Reads a body of at most `limit` bytes. A longer one is counted to its end and not kept, so that the client gets
 * to read the answer instead of a broken connection.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  let chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) chunks = [];
      else chunks.push(chunk);
    }
  } catch {
    return { kind: 'truncated' }; // the connection broke
  }
  if (!request.complete) return { kind: 'truncated' };
  return size > limit ? { kind: 'tooLarge', size } : { kind: 'complete', bytes: Buffer.concat(chunks), size };
}
