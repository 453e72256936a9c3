/** The states of an execution environment, in the order of its life. */
export type EnvironmentState =
  | 'Created'
  | 'Preparing'
  | 'Registering'
  | 'Initializing'
  | 'Ready'
  | 'Invoking'
  | 'Lost'
  | 'ShuttingDown'
  | 'Ended';

/**
 * What happens to an environment: its life begins; its file system is prepared, so extensions are started; these have
 * registered, so bootstrap is started; everybody is ready; an invocation is handed out; something went wrong or it is
 * not needed any more; its processes are being ended; they are gone.
 */
export type EnvironmentStep =
  'begin' | 'prepared' | 'registered' | 'ready' | 'invoke' | 'lose' | 'close' | 'closed';

/** What each state allows and where it leads; whatever is not listed comes too early or too late, and is left out. */
export const environmentStates: Readonly<
  Record<EnvironmentState, Readonly<Partial<Record<EnvironmentStep, EnvironmentState>>>>
> = {
  Created: { begin: 'Preparing', lose: 'Lost' },
  Preparing: { prepared: 'Registering', lose: 'Lost' },
  Registering: { registered: 'Initializing', lose: 'Lost' },
  Initializing: { ready: 'Ready', lose: 'Lost' },
  Ready: { invoke: 'Invoking', lose: 'Lost' },
  Invoking: { ready: 'Ready', invoke: 'Invoking', lose: 'Lost' },
  Lost: { close: 'ShuttingDown' },
  ShuttingDown: { closed: 'Ended' },
  Ended: {},
};

/** The state of one environment. */
export class EnvironmentLife {
  #state: EnvironmentState = 'Created';

  get state(): EnvironmentState {
    return this.#state;
  }

  /** Whether this may happen now. */
  allows(step: EnvironmentStep): boolean {
    return environmentStates[this.#state][step] !== undefined;
  }

  /** Goes where the step leads; false, and nowhere, when it may not happen now. */
  take(step: EnvironmentStep): boolean {
    const to = environmentStates[this.#state][step];
    this.#state = to ?? this.#state;
    return to !== undefined;
  }
}
