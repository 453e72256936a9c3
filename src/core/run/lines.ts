import type { Readable } from 'node:stream';

/** Longest line handed on whole, in bytes; what is longer is cut into pieces of this length. */
const maxLine = 64 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Splits a process's output into lines and hands each to `onLine`, without its line end. Bytes that are not UTF-8
 * become replacement characters. An unfinished last line is handed on when the stream ends.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const flush = () => {
    const line = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    onLine(line.toString('utf8', 0, line.at(-1) === carriageReturn ? line.length - 1 : line.length));
  };
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    while (start < chunk.length) {
      const room = maxLine - pendingBytes;
      const at = chunk.indexOf(newline, start);
      const end = Math.min(at === -1 ? chunk.length : at, start + room);
      pending.push(chunk.subarray(start, end));
      pendingBytes += end - start;
      const lineEnds = end === at;
      if (lineEnds || pendingBytes === maxLine) flush();
      start = lineEnds ? end + 1 : end;
    }
  });
  stream.once('close', () => {
    if (pendingBytes > 0) flush();
  });
}
