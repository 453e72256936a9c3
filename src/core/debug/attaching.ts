import { setTimeout } from 'node:timers/promises';
import { describeError } from '../base/errors.ts';
import { isAlive } from '../run/processes.ts';
import type { RunListener } from './attachment.ts';
import type { DebuggerSession } from './debuggers/editorDebuggers.ts';
import type { DebugPlan, LanguageDebugger } from './debuggers/languageDebugger.ts';
import { findListener } from './debuggers/listening.ts';
import { continueParent, continueStopped, isStopped, isTraced } from './debuggers/processState.ts';
import type { PathMapping } from './pathMapping.ts';
import type { PauseReasons } from './pauseReasons.ts';

/** A bootstrap that was started so that a debugger can attach to it. */
export interface Prepared {
  readonly language: LanguageDebugger['language'];
  readonly port: number;
  readonly mapping: PathMapping;
  readonly plan: DebugPlan;
  /** Aborted when the debugger says that it will never be there, and when it has to let go. */
  readonly over: AbortController;
  /** The debugger that came last. */
  session?: DebuggerSession;
  /** Whether that is there. */
  isAttached?: boolean;
  /** What it found listening on the port. */
  listener?: string;
}

/**
 * Attaches to a bootstrap when it waits for that, and again when the program that was attached to gave way to another
 * one that waits: a bootstrap may run several. Time stands still for the function while the first one is waited for,
 * and while the debugger attaches.
 */
export async function attachTo(
  pid: number,
  prepared: Prepared,
  listener: RunListener,
  pauses: PauseReasons,
): Promise<void> {
  const { language, plan } = prepared;
  const resume = pauses.add();
  try {
    let state = await waitUntilReady(pid, prepared, readyLimitMs);
    if (state === 'late') {
      listener.notice(describeLateness(prepared));
      resume();
      state = await waitUntilReady(pid, prepared, Infinity);
    }
    while (state === 'ready') {
      const session = await attachOnce(pid, prepared, listener, pauses.add());
      resume();
      await session?.ended;
      prepared.isAttached = false;
      state = plan.ready === 'listening' ? await waitUntilReady(pid, prepared, Infinity) : 'never';
    }
  } catch (error) {
    if (plan.ready === 'stopped') await continueAll(pid);
    listener.problem(
      `The ${language} debugger could not attach: ${describeError(error)}. ` +
        'Correct that, or set "debugger" to "none" in the launch configuration.',
    );
  } finally {
    resume();
  }
}

/**
 * Makes the debugger let go of a process. The end of one that is traced (ptrace) is told to its parent only when its
 * tracer has noticed, which one that holds it at a breakpoint may never do. So the tracer has to let go first.
 */
export async function detachFrom(pid: number, { over, plan, session }: Prepared): Promise<void> {
  over.abort();
  if (plan.ready === 'stopped') await continueParent(pid, 1);
  const isHeld = await isTraced(pid);
  const detached = session?.detach(); // also where nothing waits for it: not every debugger notices the end by itself
  if (isHeld) await detached;
}

async function attachOnce(
  pid: number,
  prepared: Prepared,
  { editor }: RunListener,
  resume: () => void,
): Promise<DebuggerSession | undefined> {
  const { language, mapping, plan } = prepared;
  try {
    const attach = plan.attach?.(pid);
    if (attach === undefined) return undefined;
    prepared.session = editor.attach({ language, attach, mapping, paths: plan.paths });
    await prepared.session.attached;
    prepared.isAttached = true;
    if (plan.ready === 'stopped') await continueParent(pid);
    return prepared.session;
  } finally {
    resume();
  }
}

/** How long a bootstrap may take until it waits for its debugger, in milliseconds. */
const readyLimitMs = 10_000;
/** How often that is looked at, in milliseconds; less often when there is no hurry any more. */
const readyIntervalMs = 10;
const laterIntervalMs = 100;

/** Waits until a process waits for its debugger, unless it ends, the debugger gives up, or the time is over. */
async function waitUntilReady(
  pid: number,
  prepared: Prepared,
  limitMs: number,
): Promise<'ready' | 'late' | 'never'> {
  const end = performance.now() + limitMs;
  const intervalMs = limitMs === Infinity ? laterIntervalMs : readyIntervalMs;
  while (isAlive(pid) && !prepared.over.signal.aborted) {
    if (await isReady(pid, prepared)) return 'ready';
    if (performance.now() > end) return 'late';
    await setTimeout(intervalMs, undefined, { ref: false });
  }
  return 'never';
}

/** Whether a debugger can attach. A listener that one has been at counts no more: it was left on purpose. */
async function isReady(pid: number, prepared: Prepared): Promise<boolean> {
  const { plan, port } = prepared;
  if (plan.ready === 'started') return true;
  if (plan.ready === 'stopped') return (await isStopped(pid)) === true;
  const listener = await findListener(port);
  if (listener === undefined || listener === prepared.listener) return false;
  prepared.listener = listener;
  return true;
}

function describeLateness({ language, plan: { entrance } }: Prepared): string {
  const reason =
    entrance === undefined ? '' : ` If it never does, perhaps its bootstrap changes ${entrance}.`;
  return `The function does not wait for the ${language} debugger yet. It goes on.${reason}`;
}

/** Lets a process go on that stopped itself, and its parent with it. */
async function continueAll(pid: number): Promise<void> {
  continueStopped(pid);
  await continueParent(pid);
}
