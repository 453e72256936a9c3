import type { EnvironmentLauncher, ProcessExit } from '../emulator/environmentLauncher.ts';

/**
 * For a runtime that the user starts: an execution environment without processes of its own, which lasts until it is
 * given up. Whoever calls the Runtime API is the runtime.
 */
export function attachedLauncher(): EnvironmentLauncher {
  return {
    prepare: () =>
      Promise.resolve({
        extensions: [],
        startExtension: () => Promise.reject(new Error('There are no extensions')),
        startRuntime: () => Promise.resolve(absentProcess()),
        release: () => Promise.resolve(),
      }),
  };
}

function absentProcess() {
  let end: (exit: ProcessExit) => void = () => undefined;
  const exited = new Promise<ProcessExit>((resolve) => (end = resolve));
  return {
    exited,
    terminate: () => undefined,
    kill: () => {
      end({ code: null, signal: 'SIGKILL' });
      return Promise.resolve();
    },
    peakMemoryBytes: () => 0,
  };
}
