/**
 * The states of a runtime, by the names that appear in error messages (Runtime Interface Emulator, `core/states.go`).
 */
export type RuntimeState =
  | 'Started'
  | 'InitError'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'InvocationErrorResponse'
  | 'RuntimeResponseSentState';

/** The calls of the Runtime API that the state decides about. */
export type RuntimeCall = 'next' | 'response' | 'error' | 'initError';

/** A call, or something the emulator does: hand out an event, finish taking a response. */
export type RuntimeStep = RuntimeCall | 'dispatch' | 'sent';

/** What each state allows and where it leads; whatever is not listed is refused. */
export const runtimeStates: Readonly<
  Record<RuntimeState, Readonly<Partial<Record<RuntimeStep, RuntimeState>>>>
> = {
  Started: { next: 'Ready', initError: 'InitError' },
  InitError: {},
  Ready: { next: 'Ready', dispatch: 'Running' },
  Running: { next: 'Running', response: 'InvocationResponse', error: 'InvocationErrorResponse' },
  InvocationResponse: { sent: 'RuntimeResponseSentState' },
  InvocationErrorResponse: { sent: 'RuntimeResponseSentState' },
  RuntimeResponseSentState: { next: 'Ready' },
};

const target: Readonly<Record<RuntimeCall, RuntimeState>> = {
  next: 'Ready',
  response: 'InvocationResponse',
  error: 'InvocationErrorResponse',
  initError: 'InitError',
};

/** The message of `403 InvalidStateTransition`. */
export function refusalMessage(state: RuntimeState, call: RuntimeCall): string {
  return `State transition from ${state} to ${target[call]} failed for runtime. Error: State transition is not allowed`;
}
