import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Debuggee, DebuggerSession } from '../../core/debug/debuggers/editorDebuggers.ts';
import { Deferred } from '../../core/emulator/deferred.ts';
import type { Stacks } from '../optFiles/stacks.ts';
import { type RunningSession, sessionFolder } from './sessions.ts';

/** Starts a language's own debugger as a child session, which attaches to the function. */
export function attachDebugger(running: RunningSession, stacks: Stacks, debuggee: Debuggee): DebuggerSession {
  const ended = endOfChild(running.session);
  const attached = start(running, stacks, debuggee);
  attached.catch(() => void ended.dispose());
  return { attached, ended: ended.promise, detach: () => detachFrom(running.children) };
}

async function start(
  running: RunningSession,
  stacks: Stacks,
  { language, attach, mapping, paths }: Debuggee,
): Promise<void> {
  const { session } = running;
  running.mapping = mapping;
  running.paths = paths;
  await Promise.all(mapping.stacks.map((stack) => stacks.open(stack)));
  const started = await vscode.debug.startDebugging(
    sessionFolder(session),
    { name: `${session.name}: ${language}`, ...attach },
    {
      parentSession: session,
      lifecycleManagedByParent: true,
      consoleMode: vscode.DebugConsoleMode.MergeWithParent,
      suppressSaveBeforeStart: true,
      compact: true,
    },
  );
  if (!started) throw new Error(`the debugger of type "${attach.type}" did not start`);
}

/** Resolves when a session that this one starts has ended. There is one at a time. */
function endOfChild({ id }: vscode.DebugSession): vscode.Disposable & { readonly promise: Promise<void> } {
  const ended = new Deferred<void>();
  const subscription = vscode.debug.onDidTerminateDebugSession(({ parentSession }) => {
    if (parentSession?.id !== id) return;
    subscription.dispose();
    ended.resolve();
  });
  return Object.assign(subscription, { promise: ended.promise });
}

/** How long debuggers may take to let go of a process, in milliseconds. */
const detachLimitMs = 2000;

/** Makes debuggers let go. VS Code would end the parent of such a session instead, so it is asked on the wire. */
async function detachFrom(children: ReadonlySet<vscode.DebugSession>): Promise<void> {
  const asked = [...children].map((child) => child.customRequest('disconnect', { terminateDebuggee: false }));
  await Promise.race([Promise.allSettled(asked), setTimeout(detachLimitMs)]);
}
