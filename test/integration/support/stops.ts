import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { eventually, isEvent, type SessionRecord } from './debugging.ts';
import type { Stop } from '../../support/programs/debuggedProgram.ts';

/** A program that stands still. */
export interface Stopped {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
  readonly frameId: number;
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  /** What the debugger says of the stop, for messages. */
  readonly description: string;
}

/** The breakpoint at a place. */
export const breakpointAt = ({ file, line }: Pick<Stop, 'file' | 'line'>) =>
  new vscode.SourceBreakpoint(new vscode.Location(vscode.Uri.file(file), new vscode.Position(line - 1, 0)));

/**
 * Waits for the first stop of any session that nobody has waited for yet, and until the editor has shown it, as a
 * person would. LLDB 19 tells of the stop before at the next one when it is asked for variables while it goes on.
 */
export async function nextStop(records: readonly SessionRecord[]): Promise<Stopped> {
  const { record, body } = await eventually(() => takeStop(records), 'a stop');
  await record.quiet();
  const { session } = record;
  const threadId = body.threadId ?? 0;
  const trace = (await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 })) as {
    stackFrames: DebugProtocol.StackFrame[];
  };
  const [top] = trace.stackFrames;
  assert.ok(top?.source?.path !== undefined, 'the top frame has no source');
  const { id: frameId, line, source } = top;
  const { reason, description = '', text = '' } = body;
  return {
    ...{ session, threadId, frameId, line, reason },
    file: filePath(source.path ?? ''),
    description: `${reason}: ${description} ${text}`,
  };
}

function takeStop(records: readonly SessionRecord[]) {
  for (const record of records) {
    const { messages } = record;
    const at = messages.findIndex((message) => isEvent(message, 'stopped'));
    const [event] = at < 0 ? [] : (messages.splice(at, 1) as DebugProtocol.StoppedEvent[]);
    if (event !== undefined) return { record, body: event.body };
  }
  return undefined;
}

/** The server host names files by URIs, the desktop by paths. */
const filePath = (text: string) => (text.startsWith('vscode-remote:') ? vscode.Uri.parse(text).fsPath : text);

/** Waits for a stop, looks at a variable, steps, and goes on. */
export async function visit(
  records: readonly SessionRecord[],
  { file, line, variable, value }: Stop,
): Promise<void> {
  const stopped = await nextStop(records);
  assert.equal(stopped.file, file);
  assert.equal(stopped.line, line);
  assert.match(await readVariable(stopped, variable), value);
  await stopped.session.customRequest('next', { threadId: stopped.threadId });
  const stepped = await nextStop(records);
  assert.equal(stepped.reason, 'step', stepped.description);
  assert.equal(stepped.file, file);
  assert.notEqual(stepped.line, line);
  await resume(stepped);
}

/** Lets a program go on. */
export async function resume({ session, threadId }: Stopped): Promise<void> {
  await session.customRequest('continue', { threadId });
}

/** The value of a variable of the top frame, as the debugger shows it. */
export async function readVariable({ session, frameId }: Stopped, name: string): Promise<string> {
  const { scopes } = (await session.customRequest('scopes', { frameId })) as {
    scopes: DebugProtocol.Scope[];
  };
  for (const { variablesReference } of scopes) {
    const { variables } = (await session.customRequest('variables', { variablesReference })) as {
      variables: DebugProtocol.Variable[];
    };
    const found = variables.find((one) => one.name === name);
    if (found !== undefined) return found.value;
  }
  return assert.fail(`there is no variable ${name}`);
}
