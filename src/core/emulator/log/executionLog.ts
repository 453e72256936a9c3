import { Emitter } from '../../base/emitter.ts';
import type { Invocation } from '../invocation.ts';

/** One line of the function's log. */
export interface LogLine {
  readonly source: 'platform' | 'function';
  /** The invocation it was written during, if any. */
  readonly requestId?: string;
  readonly text: string;
}

/** Puts together what the platform and the processes write, and keeps each invocation's share of it. */
export class ExecutionLog {
  readonly #lines = new Emitter<LogLine>();
  #invocation: Invocation | undefined;

  readonly onLine = this.#lines.event;

  /** From here on lines belong to this invocation; `undefined` ends that. */
  attribute(invocation: Invocation | undefined): void {
    this.#invocation = invocation;
  }

  platform(text: string): void {
    this.#write('platform', text);
  }

  function(text: string): void {
    this.#write('function', text);
  }

  #write(source: LogLine['source'], text: string): void {
    const invocation = this.#invocation;
    invocation?.tail.add(text);
    this.#lines.fire(
      invocation === undefined ? { source, text } : { source, requestId: invocation.requestId, text },
    );
  }
}
