import { parseObject } from '../../base/json.ts';
import { streamType } from './responseSink.ts';
import { httpHead, malformed, type HttpHead, type Malformed } from './httpHead.ts';

/** What ends a prelude; JSON never contains it. */
const delimiter = Buffer.alloc(8);

/** The longest prelude, in bytes; ours, far above the headers that browsers take. */
const maxPreludeBytes = 64 * 1024;

/** What became of a prelude with the bytes read so far; `rest` is the beginning of the body. */
export type PreludeState =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'valid'; readonly head: HttpHead; readonly rest: Buffer }
  | Malformed;

/**
 * Reads the prelude of a streamed HTTP response: a JSON object with `statusCode`, `headers` and `cookies`, then eight
 * zero bytes (developer guide, "Response streaming for Lambda functions"). It comes in pieces of any size.
 */
export class PreludeReader {
  readonly #buffer = Buffer.allocUnsafe(maxPreludeBytes + delimiter.length);
  #length = 0;

  /** Takes the next piece. Not to be called again after any other state than `incomplete`. */
  push(chunk: Buffer): PreludeState {
    const taken = chunk.copy(this.#buffer, this.#length);
    const from = Math.max(0, this.#length - delimiter.length + 1);
    this.#length += taken;
    const end = this.#buffer.subarray(0, this.#length).indexOf(delimiter, from);
    if (end >= 0) return this.#complete(end, chunk, taken);
    if (this.#length < this.#buffer.length) return { kind: 'incomplete' };
    return malformed(`The prelude is longer than ${maxPreludeBytes} bytes.`);
  }

  #complete(end: number, chunk: Buffer, taken: number): PreludeState {
    const metadata = parseObject(this.#buffer.toString('utf8', 0, end));
    if (metadata === undefined) return malformed('The prelude is not a JSON object.');
    const read = httpHead(metadata, streamType);
    if (read.kind === 'malformed') return read;
    const unread = this.#length - end - delimiter.length;
    return { kind: 'valid', head: read.head, rest: chunk.subarray(taken - unread) };
  }
}
