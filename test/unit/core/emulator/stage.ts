import type { Emulator, EmulatorOptions } from '../../../../src/core/emulator/emulator.ts';
import type { FunctionSettings } from '../../../../src/core/emulator/functionSettings.ts';
import type { InvocationRecord } from '../../../../src/core/emulator/invocation.ts';
import type { LogLine } from '../../../../src/core/emulator/log/executionLog.ts';
import { HandExtension } from './handExtension.ts';
import { HandRuntime } from './handRuntime.ts';
import {
  AttachedRuntime,
  call,
  Recorder,
  type Emulators,
  type ProcessStep,
  type StartedProcess,
} from './support.ts';

/** An emulator whose processes are played by hand, and all it tells. */
export class Stage {
  readonly emulator: Emulator;
  /** What `Emulators.start` calls `runtime`. */
  readonly url: string;
  readonly invokeUrl: string;
  readonly runtime: HandRuntime;
  readonly attached: AttachedRuntime;
  readonly steps: Recorder<ProcessStep>;
  readonly log: Recorder<LogLine>;
  readonly records: Recorder<InvocationRecord>;

  private constructor(
    { emulator, runtime, invokeUrl }: Awaited<ReturnType<Emulators['start']>>,
    attached: AttachedRuntime,
  ) {
    this.emulator = emulator;
    this.url = runtime;
    this.invokeUrl = invokeUrl;
    this.runtime = new HandRuntime(runtime);
    this.attached = attached;
    this.steps = new Recorder(attached.onProcess);
    this.log = new Recorder(emulator.onLog);
    this.records = new Recorder(emulator.onInvocation);
  }

  /** `names` are the programs in `/opt/extensions`. */
  static async start(
    emulators: Emulators,
    names: readonly string[] | 'switched off' = [],
    settings: Partial<FunctionSettings> = {},
    options: Partial<EmulatorOptions> = {},
  ): Promise<Stage> {
    const attached = new AttachedRuntime(names);
    return new Stage(await emulators.start(attached, settings, options), attached);
  }

  /** Waits until a process was started for the `count`th time; the runtime is `bootstrap`. */
  async started(name: string, count = 1): Promise<StartedProcess> {
    const list = name === 'bootstrap' ? this.attached.launches : this.attached.extensions;
    const find = (): StartedProcess | undefined =>
      list.filter((each) => (each.name ?? 'bootstrap') === name)[count - 1];
    await this.steps.until(() => find() !== undefined);
    const found = find();
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  }

  /** Launches the environment; its extensions register for these events and wait for one, and so does the runtime. */
  async warmUp(extensions: Readonly<Record<string, readonly string[]>> = {}): Promise<HandExtension[]> {
    this.emulator.prewarm();
    const registered: HandExtension[] = [];
    for (const [name, events] of Object.entries(extensions)) {
      await this.started(name);
      registered.push(await HandExtension.register(this.url, name, events));
    }
    await this.started('bootstrap');
    return registered;
  }

  /** Several exchanges on other connections: whatever was under way before has happened after them. */
  async settle(): Promise<void> {
    for (let probes = 0; probes < 3; probes += 1) await call(this.url.replace('/runtime', '/ping'));
  }

  /** The lines of the log so far that begin like this. */
  lines(start: string): string[] {
    return this.log.values.map(({ text }) => text).filter((text) => text.startsWith(start));
  }
}
