import type * as vscode from 'vscode';
import type { FunctionRun } from '../../core/debug/functionRun.ts';
import type { LaunchConfiguration } from '../../core/debug/launchConfiguration.ts';
import { InvocationHistory } from '../../core/invocations/invocationHistory.ts';
import type { InvocationRow } from '../../core/invocations/invocationRow.ts';
import type { RunningSession } from '../debug/sessions.ts';
import { RecentEvents } from './recentEvents.ts';
import { SendOrder } from './sendOrder.ts';

/** A debug session whose invocations are taken down; it may have ended. */
export interface FollowedSession {
  /** Unique in this window. */
  readonly number: number;
  readonly running: RunningSession;
  readonly functionName: string;
  /** Megabytes. */
  readonly memorySize: number;
  /** Base address of the Invoke API. */
  readonly invokeUrl: string;
}

/** One row of the view. */
export type Row = InvocationRow<FollowedSession>;

/** How many sessions are remembered, for the links in the log that they share. */
const maxSessions = 20;

/** What was invoked in this window, and which events were sent in this workspace. */
export class Invocations implements vscode.Disposable {
  readonly history = new InvocationHistory<FollowedSession>();
  readonly recent: RecentEvents;
  readonly order = new SendOrder();
  readonly #sessions: FollowedSession[] = [];

  constructor(state: vscode.Memento) {
    this.recent = new RecentEvents(state);
  }

  /** The sessions of this window, the newest first, also those that have ended. */
  get sessions(): readonly FollowedSession[] {
    return this.#sessions;
  }

  /** Takes down what happens in a session, until it ends. */
  follow(running: RunningSession, run: FunctionRun, configuration: LaunchConfiguration): void {
    const { functionName, memorySize } = configuration;
    const { invokeUrl } = run.addresses;
    const number = (this.#sessions[0]?.number ?? 0) + 1;
    const session = { number, running, functionName, memorySize, invokeUrl };
    this.#sessions.unshift(session);
    this.#sessions.splice(maxSessions);
    this.history.follow(session, run);
    run.onInvocation(({ attempt, payload, queuedAtMs, state }) => {
      if (state !== 'queued' || attempt > 1) return;
      this.recent.add({ text: Buffer.from(payload).toString('utf8'), functionName, timeMs: queuedAtMs });
    });
  }

  dispose(): void {
    this.history.dispose();
    this.recent.dispose();
  }
}
