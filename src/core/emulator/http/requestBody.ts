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
export function readBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) chunks = [];
      else chunks.push(chunk);
    });
    request.on('end', () => {
      if (!request.complete) resolve({ kind: 'truncated' });
      else if (size > limit) resolve({ kind: 'tooLarge', size });
      else resolve({ kind: 'complete', bytes: joined(chunks), size });
    });
    request.on('error', () => undefined); // the connection broke; `close` follows
    request.on('close', () => resolve({ kind: 'truncated' })); // too late to matter after `end`
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
