import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { createInterface } from 'node:readline';
import { Emitter, type Event } from '../../../../src/core/base/emitter.ts';
import { silentLogger } from '../../../../src/core/base/logger.ts';
import { Deferred } from '../../../../src/core/emulator/deferred.ts';
import { Emulator, type EmulatorOptions } from '../../../../src/core/emulator/emulator.ts';
import type {
  EnvironmentLauncher,
  EnvironmentProcess,
  PreparedEnvironment,
  ProcessExit,
  StartOptions,
} from '../../../../src/core/emulator/environmentLauncher.ts';
import { functionSettings, type FunctionSettings } from '../../../../src/core/emulator/functionSettings.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
  readonly setHost?: boolean;
}

/** One HTTP exchange with full control over headers. */
export async function call(url: string, { body, ...options }: Call = {}): Promise<Reply> {
  const outgoing = request(url, { agent: false, ...options });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer> & ResponseHead];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

interface ResponseHead {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}

/** A process that a test started, and what it was started with. */
export interface StartedProcess extends StartOptions {
  /** The extension's name; `undefined` for the runtime. */
  readonly name: string | undefined;
  /** How often it was asked to end. */
  terminated: number;
  /** What it does when it is asked to end; it does end unless a test says otherwise. */
  onTerminate: () => void;
  /** When it was killed, in milliseconds of `performance.now()`. */
  killedAtMs: number | undefined;
  exit(exit: ProcessExit): void;
}

/** Something that happened to a process. */
export interface ProcessStep {
  /** The extension's name; `bootstrap` for the runtime. */
  readonly name: string;
  readonly step: 'started' | 'terminated' | 'killed';
}

/** Plays the processes by hand: each "runs" until it is killed or told to exit. */
export class AttachedRuntime implements EnvironmentLauncher {
  /** The runtimes that were started. */
  readonly launches: StartedProcess[] = [];
  readonly extensions: StartedProcess[] = [];
  /** Signals of environments that were prepared. */
  readonly signals: AbortSignal[] = [];
  released = 0;
  /** Fires for each process that was started, and each step of its end. */
  readonly onProcess: Event<ProcessStep>;
  /** Errors with which programs of these names do not start; `bootstrap` is the runtime. */
  readonly launchErrors = new Map<string, Error>();
  readonly #steps = new Emitter<ProcessStep>();
  readonly #names: readonly string[] | undefined;

  /** `names` are the programs in `/opt/extensions`; a layer may have switched those off. */
  constructor(names: readonly string[] | 'switched off' = []) {
    this.#names = names === 'switched off' ? undefined : names;
    this.onProcess = this.#steps.event;
  }

  prepare(signal: AbortSignal): Promise<PreparedEnvironment> {
    this.signals.push(signal);
    return Promise.resolve({
      extensions: this.#names,
      startExtension: (name, options) => this.#start(this.extensions, name, options),
      startRuntime: (options) => this.#start(this.launches, undefined, options),
      release: () => {
        this.released += 1;
        return Promise.resolve();
      },
    });
  }

  #start(
    list: StartedProcess[],
    name: string | undefined,
    options: StartOptions,
  ): Promise<EnvironmentProcess> {
    const launchError = this.launchErrors.get(name ?? 'bootstrap');
    if (launchError !== undefined) return Promise.reject(launchError);
    const exited = new Deferred<ProcessExit>();
    const tell = (step: ProcessStep['step']): void => {
      this.#steps.fire({ name: name ?? 'bootstrap', step });
    };
    const started: StartedProcess = {
      ...options,
      name,
      terminated: 0,
      onTerminate: () => {
        exited.resolve({ code: null, signal: 'SIGTERM' });
      },
      killedAtMs: undefined,
      exit: (exit) => {
        exited.resolve(exit);
      },
    };
    list.push(started);
    tell('started');
    return Promise.resolve({
      exited: exited.promise,
      terminate: () => {
        started.terminated += 1;
        tell('terminated');
        started.onTerminate();
      },
      kill: () => {
        started.killedAtMs ??= performance.now();
        if (!exited.settled) tell('killed');
        exited.resolve({ code: null, signal: 'SIGKILL' });
        return Promise.resolve();
      },
      peakMemoryBytes: () => 33 * 2 ** 20 - 1,
    });
  }
}

/** An environment whose bootstrap is started by `startRuntime`, without extensions. */
export function runtimeLauncher(startRuntime: PreparedEnvironment['startRuntime']): EnvironmentLauncher {
  return {
    prepare: () =>
      Promise.resolve({
        extensions: [],
        startExtension: () => Promise.reject(new Error('There are no extensions')),
        startRuntime,
        release: () => Promise.resolve(),
      }),
  };
}

/** Launches a program in a process group of its own, as the extension does. */
export function programRuntime(command: string, ...args: string[]): EnvironmentLauncher {
  return runtimeLauncher(async ({ runtimeApi, onOutput }) => {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], AWS_LAMBDA_RUNTIME_API: runtimeApi },
    });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onOutput);
    await once(child, 'spawn');
    const kill = async (): Promise<void> => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // gone already
      }
      await exited;
    };
    return { exited, kill, terminate: () => void child.kill('SIGTERM'), peakMemoryBytes: () => 0 };
  });
}

/** For handlers: a promise that never settles in a process that stays. */
export const forever = 'new Promise(() => setInterval(() => 0, 1000))';

/** A Node program that takes events in a loop; `handler` is the body of `async (event, id, api) => …`. */
export function nodeRuntime(handler: string, init = ''): EnvironmentLauncher {
  const program = `
    const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/';
    const post = (path, body, headers = {}) => fetch(base + path, { method: 'POST', body, headers });
    const handler = async (event, id) => { ${handler} };
    (async () => {
      ${init}
      for (;;) {
        const next = await fetch(base + 'invocation/next');
        const id = next.headers.get('lambda-runtime-aws-request-id');
        const event = await next.json();
        try {
          const result = await handler(event, id);
          await (await post('invocation/' + id + '/response', JSON.stringify(result ?? null))).text();
        } catch (error) {
          const body = JSON.stringify({ errorMessage: error.message, errorType: error.name, stackTrace: [] });
          const headers = { 'Lambda-Runtime-Function-Error-Type': 'Function.' + error.name };
          await (await post('invocation/' + id + '/error', body, headers)).text();
        }
      }
    })();`;
  return programRuntime(process.execPath, '-e', program);
}

/** Emulators of one test file; all are stopped after each test. */
export class Emulators {
  readonly #started: Emulator[] = [];

  async start(
    environment: EnvironmentLauncher,
    settings: Partial<FunctionSettings> = {},
    options: Partial<EmulatorOptions> = {},
  ): Promise<{ emulator: Emulator; runtime: string; invokeUrl: string }> {
    const emulator = new Emulator({
      settings: functionSettings({ functionName: 'thumbnails', ...settings }),
      environment,
      logger: silentLogger,
      ...options,
    });
    this.#started.push(emulator);
    const { runtimeApi, invokeUrl } = await emulator.start();
    return { emulator, runtime: `http://${runtimeApi}/2018-06-01/runtime`, invokeUrl };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((emulator) => emulator.stop()));
  }
}

/** Collects what an event delivers, and waits for a value in it. */
export class Recorder<T> {
  readonly values: T[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(event: Event<T>) {
    event((value) => {
      this.values.push(value);
      for (const check of [...this.#waiting]) check();
    });
  }

  until(wanted: (value: T) => boolean): Promise<T> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.values.find(wanted);
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}

export function requestIdOf(reply: Reply): string {
  return String(reply.headers['lambda-runtime-aws-request-id']);
}

/** The address that all APIs inside an environment share, from the one of the Runtime API. */
export function rootOf(runtime: string): string {
  return new URL(runtime).origin;
}
