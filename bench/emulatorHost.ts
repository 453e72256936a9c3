/**
 * One emulator in a process of its own, for `bench/emulator.ts`: `node bench/emulatorHost.ts ours|bare PROGRAM…`.
 * Prints where it can be invoked, then `done N` for each thousand invocations served, and ends with its input.
 */
import { spawn } from 'node:child_process';
import { loadEventStream } from '../src/aws/eventStream.ts';
import { silentLogger } from '../src/core/base/logger.ts';
import { Emulator } from '../src/core/emulator/emulator.ts';
import type { EnvironmentLauncher, EnvironmentProcess } from '../src/core/emulator/environmentLauncher.ts';
import { functionSettings } from '../src/core/emulator/functionSettings.ts';
import { ProcessGroup } from '../src/core/run/processGroup.ts';
import { BareEmulator } from './bareEmulator.ts';

const [which, program = '', ...args] = process.argv.slice(2);
const stop: () => void | Promise<void> = which === 'bare' ? await startBare() : await startOurs();
process.stdin.resume().once('end', () => {
  void Promise.resolve(stop()).then(() => {
    process.exit();
  });
});

async function startBare(): Promise<() => void> {
  const emulator = new BareEmulator();
  const { invokeUrl, runtimeApi } = await emulator.start();
  const child = spawn(program, args, { env: environment(runtimeApi), stdio: 'ignore' });
  console.log(invokeUrl);
  return () => {
    child.kill('SIGKILL');
    emulator.stop();
  };
}

async function startOurs(): Promise<() => Promise<void>> {
  const settings = functionSettings({ functionName: 'bench', timeoutMs: 60_000, memorySizeMb: 512 });
  const emulator = new Emulator({
    ...{ settings, environment: launcher(), logger: silentLogger, eventStream: loadEventStream },
  });
  let done = 0;
  emulator.onInvocation(({ state }) => {
    if (state === 'done' && ++done % 1000 === 0) console.log(`done ${done}`);
  });
  const { invokeUrl } = await emulator.start();
  emulator.prewarm();
  await emulator.whenReady();
  console.log(invokeUrl);
  return () => emulator.stop();
}

function launcher(): EnvironmentLauncher {
  return {
    prepare: () =>
      Promise.resolve({
        extensions: [],
        startExtension: () => Promise.reject(new Error('There are no extensions')),
        startRuntime: ({ onOutput, runtimeApi }) => startProgram(runtimeApi, onOutput),
        release: () => Promise.resolve(),
      }),
  };
}

/** As the product starts it, memory measurement included, but without an isolation. */
async function startProgram(runtimeApi: string, onLine: (line: string) => void): Promise<EnvironmentProcess> {
  const command = { file: program, args, cwd: process.cwd() };
  const group = await ProcessGroup.start(command, { env: environment(runtimeApi), onLine });
  return {
    exited: group.exited,
    terminate: () => group.signal(group.pid, 'SIGTERM'),
    kill: () => group.kill(),
    peakMemoryBytes: () => group.peakMemoryBytes(),
  };
}

/** What the official clients need to start. */
function environment(runtimeApi: string): Record<string, string> {
  return {
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    PATH: process.env['PATH'] ?? '',
    _HANDLER: 'bootstrap',
  };
}
