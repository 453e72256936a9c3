import { OutputEvent } from '@vscode/debugadapter';
import { type InvocationRecord, type InvokeResult, payloadText } from '../emulator/invocation.ts';
import type { LogLine } from '../emulator/log/executionLog.ts';
import { ConsoleOutput } from './consoleOutput.ts';
import type { FunctionRun } from './functionRun.ts';

/** What the debug console says of a function. */
export class SessionConsole {
  readonly #send: (event: OutputEvent) => void;
  readonly #output: ConsoleOutput;
  readonly #announced = new Set<string>();

  constructor(send: (event: OutputEvent) => void) {
    this.#send = send;
    this.#output = new ConsoleOutput((text, category) => send(new OutputEvent(text, category)));
  }

  /** Something the user should know. */
  notice(text: string): void {
    this.#output.print(text, 'console');
  }

  /** Lines that tell what the function executes. */
  trace(text: string): void {
    for (const line of text.split('\n')) this.#output.log(line, 'console');
  }

  /** What went wrong: in the console each time, and as a notification the first time, since nobody may look there. */
  announce(text: string): void {
    this.failure(text);
    if (this.#announced.has(text)) return;
    this.#announced.add(text);
    this.#send(new OutputEvent(text, 'important'));
  }

  /** What went wrong, for somebody who looks at the console. */
  failure(text: string): void {
    this.#output.print(text, 'stderr');
  }

  /** A line of the function's log. */
  log({ source, text }: LogLine): void {
    if (source === 'platform') this.#output.print(text, 'stdout');
    else this.#output.log(text);
  }

  /** How the function runs, and where it is invoked. */
  started({ addresses, isolation, variables }: FunctionRun): void {
    if (isolation === undefined) this.#output.print(describeStart(variables), 'stdout');
    const how = isolation === undefined ? '' : `Isolation: ${isolation.name}. `;
    this.#output.print(`${how}Invoke endpoint: ${addresses.invokeUrl}`, 'stdout');
  }

  /** How long a debugger held the function, which the figures of the report leave out. */
  finished({ result }: InvocationRecord): void {
    if (result?.pausedMs === undefined) return;
    const seconds = (result.pausedMs / 1000).toFixed(result.pausedMs < 1000 ? 2 : 1);
    this.notice(`The clock stood still for ${seconds} s; no time that is reported contains that.`);
  }

  /** The answer to an event. Whoever asked for it finds it there afterwards. */
  answer(result: InvokeResult): void {
    this.#output.print(describeAnswer(result), result.functionError === undefined ? 'stdout' : 'stderr');
    this.flush();
  }

  /** Sends what is gathered now, so that it stands before what is sent otherwise. */
  flush(): void {
    this.#output.flush();
  }
}

/** The answer as a person reads it: the payload, after what went wrong if something did. */
export function describeAnswer(result: InvokeResult): string {
  const payload = payloadText(result);
  return result.functionError === undefined ? payload : `${result.functionError} error: ${payload}`;
}

/** Search paths of Lambda's own machine, which would hide the user's programs. */
const leftToTheShell: readonly string[] = ['PATH', 'LD_LIBRARY_PATH', 'LANG', 'TZ'];

/** What to put before the command that starts the runtime by hand. */
function describeStart(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables)
    .filter(([name]) => !leftToTheShell.includes(name))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`);
  return ['Start the runtime in a shell with:', ...lines].join('\n');
}
