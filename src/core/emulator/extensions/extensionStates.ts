/**
 * The states of an extension, by the names that appear in error messages and in the log (Runtime Interface Emulator,
 * `core/externalagent_states.go`).
 */
export type ExtensionState =
  'Started' | 'Registered' | 'Ready' | 'Running' | 'InitError' | 'ExitError' | 'LaunchError';

/** The calls of the Extensions API that the state decides about. */
export type ExtensionCall = 'register' | 'next' | 'initError' | 'exitError';

/** A call, or something the emulator does: hand out an event, fail to start the program. */
export type ExtensionStep = ExtensionCall | 'dispatch' | 'launchError';

/** What each state allows and where it leads; whatever is not listed is refused. */
export const extensionStates: Readonly<
  Record<ExtensionState, Readonly<Partial<Record<ExtensionStep, ExtensionState>>>>
> = {
  Started: { register: 'Registered', launchError: 'LaunchError' },
  Registered: { next: 'Ready', initError: 'InitError', exitError: 'ExitError' },
  Ready: { dispatch: 'Running', exitError: 'ExitError' },
  Running: { next: 'Ready', exitError: 'ExitError' },
  InitError: { initError: 'InitError' },
  ExitError: { exitError: 'ExitError' },
  LaunchError: {},
};

/** Where a refused call would have led, in the words of the official emulator, which calls the last one otherwise. */
const targets: Readonly<Record<ExtensionCall, string>> = {
  register: 'Registered',
  next: 'Ready',
  initError: 'InitError',
  exitError: 'Exited',
};

/** The message of `403 Extension.InvalidExtensionState`; `who` is the extension's name, or its identifier. */
export function extensionRefusal(state: ExtensionState, call: ExtensionCall, who: string): string {
  return `State transition from ${state} to ${targets[call]} failed for extension ${who}. Error: State transition is not allowed`;
}
