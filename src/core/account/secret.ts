import { inspect } from 'node:util';

const hidden = '[redacted]';

/**
 * A text that must not be shown, such as a pre-signed URL: turning it into a string, JSON or a log line gives
 * `[redacted]`. Only `reveal` gives the text, to whoever has to use it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
