import { StringDecoder } from 'node:string_decoder';

/** Begins a record of the trace; the shell repeats it for each level of nesting. */
const begin = '\x1e';
/** Ends the place of a record; the command follows. */
const endOfPlace = '\x1f';

/**
 * Runs the script, whose path is `$0`, in the same shell with its trace on. That goes to a pipe of its own, the file
 * descriptor 3, which the script gets back: programs may use the low ones for themselves.
 */
export const traceScript = `
exec 99>&3 3>&-
BASH_XTRACEFD=99
PS4=$'${begin}\${BASH_SOURCE-}:\${LINENO}${endOfPlace}'
set -x
. "$0"
`;

/** How much of one command is shown, in characters: words may hold a whole event. */
const maxCommand = 500;
/** How much of a line is kept until its end comes, in characters; a place and a command are far shorter. */
const maxPending = 8 * 1024;
/** How often the first character is repeated for the script itself, which the trace starts by sourcing it. */
const baseDepth = 2;
const record = new RegExp(`^(${begin}+)([^${endOfPlace}]*):(\\d+)${endOfPlace}(.*)$`, 's');

/** Reads what `traceScript` makes a shell write, and shows it with places of the editor's own files, a chunk at a time. */
export class ShellTrace {
  readonly #placeOf: (file: string) => string;
  readonly #show: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #indent = '';
  /** Characters of the record under way that may still be shown. */
  #room = 0;

  /** `placeOf` gives what is shown for a file of the function. */
  constructor(placeOf: (file: string) => string, show: (text: string) => void) {
    this.#placeOf = placeOf;
    this.#show = show;
  }

  add(chunk: Buffer): void {
    const lines = (this.#pending + this.#decoder.write(chunk)).split('\n');
    this.#pending = (lines.pop() ?? '').slice(0, maxPending);
    const shown = lines.flatMap((line) => this.#read(line) ?? []);
    if (shown.length > 0) this.#show(shown.join('\n'));
  }

  /** Nested commands are indented, and so are the further lines of a command; `undefined` for what is not shown. */
  #read(line: string): string | undefined {
    const match = record.exec(line);
    if (match === null) return this.#room > 0 ? `${this.#indent}    ${this.#shorten(line)}` : undefined;
    const [, depth = '', file = '', number = '', command = ''] = match;
    this.#room = file === '' ? 0 : maxCommand; // what starts the trace is in no file
    if (this.#room === 0) return undefined;
    this.#indent = '  '.repeat(Math.max(0, depth.length - baseDepth));
    return `${this.#indent}${this.#placeOf(file)}:${number}  ${this.#shorten(command)}`;
  }

  #shorten(text: string): string {
    const isTooLong = text.length > this.#room;
    const shown = isTooLong ? `${text.slice(0, this.#room)}…` : text;
    this.#room = isTooLong ? 0 : this.#room - text.length;
    return shown;
  }
}
