/** Where a text stands in the debug console. */
export type OutputCategory = 'console' | 'stdout' | 'stderr';

/** How much of a function's log is shown in a second: in lines, and in characters. Nobody reads more. */
const maxLines = 2000;
const maxCharacters = 1_000_000;
const windowMs = 1000;

/**
 * Gathers what comes in one turn of the event loop, since each message to the editor costs more than the text in it,
 * and leaves out what a function that floods its log would write, which the log itself has.
 */
export class ConsoleOutput {
  readonly #send: (text: string, category: OutputCategory) => void;
  #gathered: string[] = [];
  #category: OutputCategory = 'stdout';
  #scheduled: NodeJS.Immediate | undefined;
  #window = { endMs: 0, lines: 0, characters: 0 };
  #left = 0;
  #leftTimer: NodeJS.Timeout | undefined;

  constructor(send: (text: string, category: OutputCategory) => void) {
    this.#send = send;
  }

  /** Shows a text. */
  print(text: string, category: OutputCategory): void {
    this.#tellLeft();
    this.#gather(text, category);
  }

  /** Shows a line that the function makes, unless there are too many. */
  log(line: string, category: OutputCategory = 'stdout'): void {
    if (this.#hasRoom(line)) {
      this.print(line, category);
      return;
    }
    this.#left += 1;
    this.#leftTimer ??= setTimeout(() => this.#tellLeft(), windowMs).unref();
  }

  /** Sends what is gathered now, so that it stands before what is sent otherwise. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#gathered.length > 0) this.#send(this.#gathered.join(''), this.#category);
    this.#gathered = [];
  }

  #hasRoom({ length }: string): boolean {
    const now = performance.now();
    if (now > this.#window.endMs) this.#window = { endMs: now + windowMs, lines: 0, characters: 0 };
    this.#window.lines += 1;
    this.#window.characters += length;
    return this.#window.lines <= maxLines && this.#window.characters <= maxCharacters;
  }

  #tellLeft(): void {
    clearTimeout(this.#leftTimer);
    this.#leftTimer = undefined;
    if (this.#left === 0) return;
    const count = this.#left;
    this.#left = 0;
    this.#gather(`[${count} lines not shown; see the log]`, 'console');
  }

  #gather(text: string, category: OutputCategory): void {
    if (category !== this.#category) this.flush();
    this.#category = category;
    this.#gathered.push(`${text}\n`);
    this.#scheduled ??= setImmediate(() => this.flush());
  }
}
