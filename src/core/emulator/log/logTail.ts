import { logTailBytes } from '../limits.ts';

/** Keeps the last 4,096 bytes of one invocation's log, as `X-Amz-Log-Result` hands them back. */
export class LogTail {
  #bytes = Buffer.alloc(0);

  add(line: string): void {
    const all = Buffer.concat([this.#bytes, Buffer.from(`${line}\n`)]);
    this.#bytes = all.length > logTailBytes ? Buffer.from(all.subarray(characterStart(all))) : all;
  }

  /** The tail; never begins in the middle of a character. */
  text(): string {
    return this.#bytes.toString('utf8');
  }
}

function characterStart(bytes: Buffer): number {
  let start = bytes.length - logTailBytes;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1; // UTF-8 continuation bytes
  return start;
}
