/** What the model expects of a call: a refusal, an acceptance, or that it is taken and may wait. */
export type Expected = 202 | 200 | 400 | 403 | 'taken';

interface ExtensionModel {
  state: 'Started' | 'Registered' | 'Ready' | 'Running' | 'InitError' | 'ExitError';
  events: readonly string[];
  readonly external: boolean;
}

/** Which invocation a runtime answers. */
export type Answered = 'current' | 'done' | 'queued' | 'unknown';

/**
 * One execution environment, in the words of the specification and independent of the emulator's own tables: who may
 * call what, and who is given which event. Invocations are numbers, in the order in which they were made.
 */
export class LifeModel {
  /** The numbers of the events that the runtime was given. */
  readonly runtimeEvents: number[] = [];
  /** The same for each extension. */
  readonly extensionEvents = new Map<string, number[]>();
  readonly #extensions = new Map<string, ExtensionModel>();
  #runtime: 'Started' | 'InitError' | 'Ready' | 'Running' | 'Responded' = 'Started';
  #queue: number[] = [];
  #current: { readonly number: number; dispatched: boolean; answered: boolean } | undefined;
  #done: number | undefined;
  #initialised = false;
  #runtimeReady = false;
  #count = 0;

  constructor(external: readonly string[]) {
    for (const name of external) {
      this.#extensions.set(name, { state: 'Started', events: [], external: true });
      this.extensionEvents.set(name, []);
    }
  }

  /** How many invocations were made. */
  get invocations(): number {
    return this.#count;
  }

  /** The number of the invocation meant, if there is one. */
  numberOf(which: Answered): number | undefined {
    switch (which) {
      case 'current':
        return this.#current?.number;
      case 'done':
        return this.#done;
      case 'queued':
        return this.#queue[0];
      case 'unknown':
        return undefined;
    }
  }

  invoke(): void {
    this.#queue.push(this.#count);
    this.#count += 1;
    this.#advance();
  }

  runtimeNext(): Expected {
    if (this.#runtime === 'InitError') return 403;
    if (this.#runtime === 'Running') {
      if (this.#current !== undefined) this.runtimeEvents.push(this.#current.number);
      return 'taken';
    }
    if (this.#runtime !== 'Ready') this.#runtimeReady = true;
    this.#runtime = 'Ready';
    this.#advance();
    return 'taken';
  }

  runtimeAnswers(which: Answered): Expected {
    const number = this.numberOf(which);
    if (number === undefined || this.#current?.number !== number || this.#current.answered) return 400;
    if (this.#runtime !== 'Running') return 403;
    this.#runtime = 'Responded';
    this.#current.answered = true;
    return 202;
  }

  runtimeInitError(): Expected {
    if (this.#runtime !== 'Started') return 403;
    this.#runtime = 'InitError';
    return 202;
  }

  register(name: string, events: readonly string[]): Expected {
    const known = this.#extensions.get(name);
    if (known?.external === true) {
      if (known.state !== 'Started') return 403;
      known.state = 'Registered';
      known.events = events;
      return 200;
    }
    const closed = this.#runtime !== 'Started' && this.#runtime !== 'InitError';
    if (closed || known !== undefined || events.includes('SHUTDOWN')) return 403;
    this.#extensions.set(name, { state: 'Registered', events, external: false });
    this.extensionEvents.set(name, []);
    return 200;
  }

  extensionNext(name: string): Expected {
    const extension = this.#extensions.get(name);
    if (extension?.state !== 'Registered' && extension?.state !== 'Running') return 403;
    extension.state = 'Ready';
    this.#advance();
    return 'taken';
  }

  extensionError(name: string, kind: 'init' | 'exit'): Expected {
    const extension = this.#extensions.get(name);
    const allowed =
      kind === 'init' ? ['Registered', 'InitError'] : ['Registered', 'Ready', 'Running', 'ExitError'];
    if (extension === undefined || !allowed.includes(extension.state)) return 403;
    extension.state = kind === 'init' ? 'InitError' : 'ExitError';
    return 202;
  }

  /** What follows by itself from what has happened. */
  #advance(): void {
    const allReady = [...this.#extensions.values()].every(({ state }) => state === 'Ready');
    if (this.#runtimeReady && allReady) {
      this.#initialised = true;
      if (this.#current?.dispatched === true) {
        this.#done = this.#current.number;
        this.#current = undefined;
      }
    }
    const number = this.#current === undefined ? this.#queue.shift() : undefined;
    if (number !== undefined) this.#current = { number, dispatched: false, answered: false };
    if (this.#initialised && this.#current?.dispatched === false) this.#dispatch(this.#current);
  }

  #dispatch(current: { readonly number: number; dispatched: boolean }): void {
    current.dispatched = true;
    this.#runtimeReady = false;
    this.#runtime = 'Running';
    this.runtimeEvents.push(current.number);
    for (const [name, extension] of this.#extensions) {
      if (!extension.events.includes('INVOKE')) continue;
      extension.state = 'Running';
      this.extensionEvents.get(name)?.push(current.number);
    }
  }
}
