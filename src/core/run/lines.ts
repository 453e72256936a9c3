import type { Readable } from 'node:stream';

/** Longest line handed on whole, in bytes; what is longer is cut into pieces of about this length. */
const maxLine = 64 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Splits a process's output into lines and hands each to `onLine`, without its line end. Bytes that are not UTF-8
 * become replacement characters; a line that is cut is cut between characters. An unfinished last line is handed on
 * when the stream ends.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const splitter = new LineSplitter(onLine);
  stream.on('data', (chunk: Buffer) => splitter.add(chunk));
  stream.on('error', () => undefined); // a broken pipe ends the output; its close follows
  stream.once('close', () => splitter.end());
}

class LineSplitter {
  readonly #onLine: (line: string) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Whether the line under way has been cut already: its end is then no line of its own. */
  #isCut = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    let start = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      this.#append(chunk.subarray(start, at));
      this.#endLine();
      start = at + 1;
    }
    this.#append(chunk.subarray(start));
  }

  end(): void {
    if (this.#pendingBytes > 0) this.#endLine();
  }

  #append(part: Buffer): void {
    let rest = part;
    while (this.#pendingBytes + rest.length > maxLine) {
      const room = maxLine - this.#pendingBytes;
      this.#cut(rest.subarray(0, room));
      rest = rest.subarray(room);
    }
    if (rest.length === 0) return;
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
  }

  /** Hands on a full line's worth, and keeps back the beginning of a character that goes on in what follows. */
  #cut(last: Buffer): void {
    const bytes = Buffer.concat([...this.#pending, last]);
    const end = characterBoundary(bytes);
    this.#pending = end < bytes.length ? [bytes.subarray(end)] : [];
    this.#pendingBytes = bytes.length - end;
    this.#isCut = true;
    this.#onLine(bytes.toString('utf8', 0, end));
  }

  #endLine(): void {
    const line = Buffer.concat(this.#pending);
    const wasCut = this.#isCut;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isCut = false;
    const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
    if (end > 0 || !wasCut) this.#onLine(line.toString('utf8', 0, end));
  }
}

/** Where the last character of `bytes` starts if its UTF-8 sequence is unfinished, else the length. */
function characterBoundary(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back < bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
