import type { DebugProtocol } from '@vscode/debugprotocol';

/** The name of an event that nobody listens to. */
const unheard = 'lambdaLayers.unheard';

/**
 * Keeps what a debugger should not have said from the editor. Whoever only looks at messages cannot hold one back, so
 * it gets a name that nobody listens to, in place.
 */
export class UnheardEvents {
  /** Whether somebody asked for a pause that has not come yet. */
  #pausing = false;

  /** Looks at a message on its way to the debugger. */
  onRequest(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'request' && (message as DebugProtocol.Request).command === 'pause')
      this.#pausing = true;
  }

  /** Changes a message on its way to the editor, in place. */
  onAnswer(message: DebugProtocol.ProtocolMessage): void {
    if (message.type !== 'event') return;
    const event = message as DebugProtocol.Event;
    if (isEcho(event) || (isStopSignal(event) && !this.#pausing)) event.event = unheard;
    else if (event.event === 'stopped') this.#pausing = false;
  }
}

/** The process's output, which is in the console already, from the process itself. */
function isEcho({ event, body }: DebugProtocol.Event): boolean {
  if (event !== 'output') return false;
  const { category } = body as DebugProtocol.OutputEvent['body'];
  return category === 'stdout' || category === 'stderr';
}

/**
 * The signal by which LLDB stops a program that is to pause, and the other threads when one has stopped. In another PID
 * namespace its sender has no process id, so that LLDB does not know it as its own and tells of each thread, beside
 * the one that matters.
 */
function isStopSignal({ event, body }: DebugProtocol.Event): boolean {
  return event === 'stopped' && (body as DebugProtocol.StoppedEvent['body']).description === 'signal SIGSTOP';
}
