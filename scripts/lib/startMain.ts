import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { desktopCode, hasDisplay } from './desktop.ts';
import { ensureServer } from './installServer.ts';
import { node24, root } from './prepare.mjs';
import { step } from './step.mjs';
import { onPath } from '../../test/host/onPath.ts';
import { startServerHost } from '../../test/host/serverHost.ts';

const samples = join(root, 'samples');

/**
 * Builds the extension and opens it in VS Code on `samples/`, until the window closes or Ctrl-C. `--server` uses the
 * VS Code server although the desktop's VS Code is there, `--no-open` opens no browser.
 */
export async function startMain(args: readonly string[]): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const options = { verbose: flag, server: flag, 'no-open': flag };
  const { values } = parseArgs({ args: [...args], options });
  await build(values.verbose);
  const code = values.server ? undefined : desktopCode();
  if (code !== undefined) return openDesktop(code);
  await ensureServer(values.verbose);
  return openServer(values['no-open'] ? undefined : browserOpener());
}

async function build(verbose: boolean): Promise<void> {
  await step('Building the extension', verbose, async () => {
    const { code, output } = await runCommand(node24, ['esbuild.mjs'], {
      output: verbose ? 'show' : 'capture',
    });
    if (code !== 0) throw new Error(`${output.trim()}\nThe extension does not build.`);
  });
}

/** Opens the desktop's VS Code and waits until its window closes; Ctrl-C reaches it through the terminal. */
async function openDesktop(code: string): Promise<void> {
  const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, samples];
  const window = spawn(code, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const stop = (): void => void window.kill();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  console.log('Lambda Layers is open in VS Code. Close its window or press Ctrl-C to end.');
  const [exitCode] = (await once(window, 'close')) as [number | null];
  process.exitCode = exitCode ?? 0;
}

/** Opens the VS Code server, until Ctrl-C. */
async function openServer(opener: string | undefined): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const host = await startServerHost({ extensions: [root], environment: 'inherited' });
  const url = host.url({ folder: samples });
  console.log(`Lambda Layers is open at ${url}`);
  console.log('Press Ctrl-C to end.');
  if (opener !== undefined)
    spawn(opener, [url], { stdio: 'ignore', detached: true })
      .on('error', () => {})
      .unref();
  const crashed = host.ended.then(() =>
    Promise.reject(new Error(`VS Code's server ended.\n${host.output()}`)),
  );
  try {
    await Promise.race([stopped, crashed]);
  } finally {
    crashed.catch(() => undefined); // from here on it ends because it shall
    await host.stop();
  }
}

/** The program that opens an address in the person's browser; none where nobody could see it. */
function browserOpener(): string | undefined {
  return hasDisplay() ? onPath(process.platform === 'darwin' ? 'open' : 'xdg-open') : undefined;
}
