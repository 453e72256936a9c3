import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugPlan } from './debuggers/languageDebugger.ts';
import type { Shadow } from './pathMapping.ts';

/**
 * Says of breakpoints in a file that another layer hides why they cannot be hit. A debugger does not know that, and
 * may even believe that they can, since the file does exist on this machine. One that knows sources by where they
 * were built is believed: what was built from the file may be in use under another name.
 */
export class ShadowedBreakpoints {
  readonly #paths: DebugPlan['paths'];
  /** What to say, by the number of the request. */
  readonly #requests = new Map<number, string>();
  /** By the debugger's own number of the breakpoint. */
  readonly #breakpoints = new Map<number, string>();

  constructor(paths: DebugPlan['paths']) {
    this.#paths = paths;
  }

  /** Looks at a message on its way to the debugger, before its paths are changed. */
  onRequest(message: DebugProtocol.ProtocolMessage, shadowOf: (path: string) => Shadow | undefined): void {
    if (!isSetBreakpoints(message)) return;
    const { path } = message.arguments.source;
    const shadow = path === undefined ? undefined : shadowOf(path);
    if (shadow !== undefined) this.#requests.set(message.seq, explain(shadow));
  }

  /** Changes a message on its way to the editor, in place. */
  onAnswer(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'response') this.#onResponse(message as DebugProtocol.SetBreakpointsResponse);
    else if (message.type === 'event') this.#onEvent(message as DebugProtocol.BreakpointEvent);
  }

  #onResponse(response: DebugProtocol.SetBreakpointsResponse): void {
    const text = this.#requests.get(response.request_seq);
    if (text === undefined || !this.#requests.delete(response.request_seq) || !response.success) return;
    for (const breakpoint of response.body.breakpoints) {
      if (breakpoint.id !== undefined) this.#breakpoints.set(breakpoint.id, text);
      this.#refuse(breakpoint, text);
    }
  }

  #onEvent({ event, body }: DebugProtocol.BreakpointEvent): void {
    if (event !== 'breakpoint') return;
    const text = body.breakpoint.id === undefined ? undefined : this.#breakpoints.get(body.breakpoint.id);
    if (text !== undefined) this.#refuse(body.breakpoint, text);
  }

  #refuse(breakpoint: DebugProtocol.Breakpoint, text: string): void {
    if (this.#paths === 'built' && breakpoint.verified) return;
    breakpoint.verified = false;
    breakpoint.message = text;
  }
}

function explain({ path, position, winner }: Shadow): string {
  return `This file is hidden: layer ${position} (${winner}) supplies /opt/${path}. Set the breakpoint there.`;
}

function isSetBreakpoints(
  message: DebugProtocol.ProtocolMessage,
): message is DebugProtocol.SetBreakpointsRequest {
  return message.type === 'request' && (message as DebugProtocol.Request).command === 'setBreakpoints';
}
