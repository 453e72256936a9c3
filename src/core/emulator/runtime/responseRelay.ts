import type { IncomingMessage } from 'node:http';
import type { RequestBody } from '../http/requestBody.ts';
import { streamType, type ResponseSink } from '../invoke/responseSink.ts';
import { maxResponseBytes } from '../limits.ts';
import type { Bandwidth } from './bandwidth.ts';

/** What a streamed response is held to. */
export interface RelayLimits {
  /** The most that may be streamed, in bytes. */
  readonly maxBytes: number;
  /** Absent when the response may be as fast as it can. */
  readonly bandwidth?: Bandwidth | undefined;
  /** Told once, as soon as there is more than that: the size so far, in bytes. */
  readonly onOversized: (size: number) => void;
}

/**
 * Passes a streamed response on, chunk by chunk, and keeps its beginning. A reader that is slow slows the runtime
 * down. What comes after the limit is counted and not passed on.
 */
export async function relayBody(
  request: IncomingMessage,
  sink: ResponseSink,
  { bandwidth, maxBytes, onOversized }: RelayLimits,
): Promise<RequestBody> {
  const kept = new Beginning(maxResponseBytes);
  let size = 0;
  sink.start(request.headers['content-type'] ?? streamType);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const allowed = chunk.subarray(0, Math.max(0, maxBytes - size));
      const wasAllowed = size <= maxBytes;
      size += chunk.length;
      if (allowed.length > 0) {
        kept.add(allowed);
        await bandwidth?.take(allowed.length);
        await sink.write(allowed);
      }
      if (size > maxBytes && wasAllowed) onOversized(size);
    }
  } catch {
    return { kind: 'truncated' }; // the connection broke
  }
  if (!request.complete) return { kind: 'truncated' };
  return size > maxBytes ? { kind: 'tooLarge', size } : { kind: 'complete', bytes: kept.bytes(), size };
}

/** The first bytes of a stream, without a gap. */
class Beginning {
  readonly #chunks: Buffer[] = [];
  #room: number;

  constructor(maxBytes: number) {
    this.#room = maxBytes;
  }

  add(chunk: Buffer): void {
    if (this.#room === 0) return;
    const taken = chunk.subarray(0, this.#room);
    this.#chunks.push(taken);
    this.#room -= taken.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
