import type { ProcessExit } from '../environmentLauncher.ts';

/** Signals by the names Go prints, which Lambda's crash messages contain. */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGALRM: 'alarm clock',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGIO: 'I/O possible',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGPROF: 'profiling timer expired',
  SIGPWR: 'power failure',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGSTKFLT: 'stack fault',
  SIGSYS: 'bad system call',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
  SIGUSR1: 'user defined signal 1',
  SIGUSR2: 'user defined signal 2',
  SIGVTALRM: 'virtual timer expired',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'file size limit exceeded',
};

/** How Lambda describes the end of a runtime's process. */
export function exitMessage(exit: ProcessExit): string {
  return isSuccess(exit)
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: ${endOf(exit)}`;
}

/** How Lambda describes the end of an extension's process. */
export function extensionExitMessage(exit: ProcessExit): string {
  return isSuccess(exit) ? 'exit code 0' : endOf(exit);
}

function isSuccess({ code, signal }: ProcessExit): boolean {
  return signal === null && (code === null || code === 0);
}

function endOf({ code, signal }: ProcessExit): string {
  return signal === null ? `exit status ${code ?? 0}` : `signal: ${signalNames[signal] ?? signal}`;
}
