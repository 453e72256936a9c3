import { logTailBytes } from '../limits.ts';

/** Keeps the last 4,096 bytes of one invocation's log, as `X-Amz-Log-Result` hands them back. */
export class LogTail {
  /** The last lines, of which the first may reach back too far. */
  readonly #lines: string[] = [];
  #length = 0;

  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
    // A character is at least a byte, so that lines which are not needed by their length are not needed by their bytes.
    for (let first = this.#lines[0]; first !== undefined; first = this.#lines[0]) {
      if (this.#length - first.length - 1 < logTailBytes) return;
      this.#lines.shift();
      this.#length -= first.length + 1;
    }
  }

  /** The tail; never begins in the middle of a character. */
  text(): string {
    const all = Buffer.from(this.#lines.map((line) => `${line}\n`).join(''));
    return (all.length > logTailBytes ? all.subarray(characterStart(all)) : all).toString('utf8');
  }
}

function characterStart(bytes: Buffer): number {
  let start = bytes.length - logTailBytes;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1; // UTF-8 continuation bytes
  return start;
}
