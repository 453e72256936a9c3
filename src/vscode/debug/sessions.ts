import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import type { DebugPlan } from '../../core/debug/debuggers/languageDebugger.ts';
import type { LambdaSession } from '../../core/debug/lambdaSession.ts';
import type { PathMapping } from '../../core/debug/pathMapping.ts';

/** A running `lambda-runtime` session, with what its child sessions need to know. */
export interface RunningSession {
  readonly session: vscode.DebugSession;
  readonly adapter: LambdaSession;
  /** Between the sources in the editor and the paths in the current execution environment. */
  mapping: PathMapping | undefined;
  /** Who translates the paths of its child session. */
  paths: DebugPlan['paths'];
  /** The debug sessions of debuggers that are attached now. */
  readonly children: Set<vscode.DebugSession>;
}

/** All `lambda-runtime` sessions of this window. */
export class Sessions {
  readonly #running = new Map<string, RunningSession>();
  readonly #ending = new Set<Promise<void>>();

  add(running: RunningSession): void {
    this.#running.set(running.session.id, running);
  }

  /** Forgets a session that VS Code has ended; resolves when what belongs to it has ended too. */
  delete(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return Promise.resolve();
    this.#running.delete(id);
    const ending = running.adapter.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }

  /** The session that a debug session belongs to: itself, or one of those that started it. */
  ownerOf(session: vscode.DebugSession): RunningSession | undefined {
    for (let at: vscode.DebugSession | undefined = session; at !== undefined; at = at.parentSession) {
      const running = this.#running.get(at.id);
      if (running !== undefined) return running;
    }
    return undefined;
  }

  /** The session to invoke: the named one (by id or name), else the one in focus, else the only or newest one. */
  target(reference?: string): RunningSession | undefined {
    const all = [...this.#running.values()].filter(({ adapter }) => !adapter.ended);
    if (reference !== undefined) {
      return all.find(({ session }) => session.id === reference || session.name === reference);
    }
    const focused = vscode.debug.activeDebugSession;
    return all.find((one) => focused !== undefined && one === this.ownerOf(focused)) ?? all.at(-1);
  }

  /** The same. @throws UserError `NoSession` when there is none */
  find(reference?: string): RunningSession {
    const found = this.target(reference);
    if (found !== undefined) return found;
    throw new UserError(
      'NoSession',
      reference === undefined ? 'No function is running.' : `No function "${reference}" is running.`,
      'Start one with F5.',
    );
  }

  /** Ends every session; resolves when nothing is left of any, or as little as can be. */
  async endAll(): Promise<void> {
    const deleted = [...this.#running.keys()].map((id) => this.delete(id));
    await Promise.allSettled([...deleted, ...this.#ending]);
  }
}

/** The workspace folder that a session belongs to. */
export function sessionFolder(session: vscode.DebugSession): vscode.WorkspaceFolder | undefined {
  return session.workspaceFolder ?? vscode.workspace.workspaceFolders?.[0];
}
