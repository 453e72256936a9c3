import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { RequestBody } from '../http/requestBody.ts';
import type { ResponseSink } from '../invoke/responseSink.ts';
import { maxResponseBytes } from '../limits.ts';

/** What a streamed response is held to. */
export interface RelayLimits {
  /** The most that may be streamed, in bytes. */
  readonly maxBytes: number;
  readonly limitBandwidth: boolean;
}

/**
 * Passes a streamed response on, chunk by chunk, and keeps its beginning. A reader that is slow slows the runtime
 * down. What comes after the limit is counted and not passed on.
 */
export async function relayBody(
  request: IncomingMessage,
  sink: ResponseSink,
  limits: RelayLimits,
): Promise<RequestBody> {
  const kept: Buffer[] = [];
  const bandwidth = limits.limitBandwidth ? new Bandwidth() : undefined;
  let size = 0;
  let keptBytes = 0;
  sink.start(request.headers['content-type'] ?? 'application/octet-stream');
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limits.maxBytes) continue;
      if (keptBytes + chunk.length <= maxResponseBytes) {
        kept.push(chunk);
        keptBytes += chunk.length;
      }
      await bandwidth?.take(chunk.length);
      await sink.write(chunk);
    }
  } catch {
    return { kind: 'truncated' }; // the connection broke
  }
  if (!request.complete) return { kind: 'truncated' };
  return size > limits.maxBytes
    ? { kind: 'tooLarge', size }
    : { kind: 'complete', bytes: Buffer.concat(kept), size };
}

/** Lambda's rule for streams: 6 MiB at once, then 2 MiB a second, granted every 125 ms (Runtime Interface Emulator). */
const burstBytes = 6 * 1024 * 1024;
const bytesPerSecond = 2 * 1024 * 1024;
const refillMs = 125;

class Bandwidth {
  #credit = burstBytes;
  #refilledAtMs = performance.now();

  /** Resolves when that much may be sent. */
  async take(bytes: number): Promise<void> {
    for (;;) {
      const now = performance.now();
      this.#credit = Math.min(
        burstBytes,
        this.#credit + ((now - this.#refilledAtMs) / 1000) * bytesPerSecond,
      );
      this.#refilledAtMs = now;
      if (this.#credit > 0) break;
      await setTimeout(refillMs);
    }
    this.#credit -= bytes;
  }
}
