import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { runCommand } from './command.ts';
import { hasDisplay } from './desktop.ts';
import { node24, root } from './prepare.mjs';
import { readIntegrationArguments } from './runIntegration.ts';
import { exitOnSignals, step } from './step.mjs';
import { countMochaRun, describeTotal } from './testSummary.ts';
import { onPath } from '../../test/host/onPath.ts';
import { cacheFolder } from '../../test/host/serverLocation.ts';
import { debugToolsVariable } from '../../test/support/debugTools.ts';
import { ensureDebugTools } from '../../test/support/installDebugTools.ts';
import { resultVariable } from '../../test/support/countingReporter.ts';
import { plainReport } from '../../test/support/reportLines.ts';
import { copyWorkspace } from '../../test/support/workspaceCopy.ts';

/** Builds and runs the integration tests in the desktop's VS Code; under Xvfb where there is no display. */
export async function electronMain(args: readonly string[]): Promise<number> {
  exitOnSignals();
  const { env, verbose } = readIntegrationArguments(args);
  if (!hasDisplay()) return underXvfb(args);
  const vscode = await findVSCode(verbose);
  const built = await runCommand(node24, ['esbuild.mjs', '--tests'], { output: 'show' });
  if (built.code !== 0) return built.code;
  const folder = mkdtempSync(join(tmpdir(), 'lambda-layers-electron-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  const tools = await ensureDebugTools(verbose);
  const added = { [plainReport]: '1', [debugToolsVariable]: JSON.stringify(tools) };
  return runIn(vscode, folder, tools.extension, { ...env, ...added });
}

async function runIn(
  vscodeExecutablePath: string,
  folder: string,
  debugTypes: string,
  env: Record<string, string>,
): Promise<number> {
  const workspace = await copyWorkspace(join(root, 'samples'), join(folder, 'samples'));
  const counts = join(folder, 'counts.json');
  const code = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: [root, debugTypes],
    extensionTestsPath: join(root, 'test', 'out', 'integration', 'index.cjs'),
    extensionTestsEnv: { ...env, ...privateHome(folder), [resultVariable]: counts },
    launchArgs: launchArguments(workspace, folder),
  }).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
  const outcome = countMochaRun({ counts: readIfThere(counts), code, overdue: false });
  console.log(describeTotal([{ stage: 'electron', milliseconds: 0, ...outcome }]));
  return outcome.failed > 0 ? 1 : 0;
}

/** Nobody's AWS profile or git configuration shall matter; macOS finds its keychain by the home folder. */
function privateHome(folder: string): Record<string, string> {
  if (process.platform !== 'linux') return {};
  const home = join(folder, 'home');
  mkdirSync(home);
  return { HOME: home };
}

function launchArguments(workspace: string, folder: string): string[] {
  const profile = ['--user-data-dir', join(folder, 'user'), '--extensions-dir', join(folder, 'extensions')];
  const quiet = ['--disable-workspace-trust', '--disable-telemetry', '--disable-updates', '--skip-welcome'];
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // Chromium's sandbox refuses root
  return [workspace, ...profile, ...quiet, ...root];
}

/** The installed VS Code that `VSCODE_PATH` names, else a downloaded one, which the machine's cache keeps. */
async function findVSCode(verbose: boolean): Promise<string> {
  const installed = process.env['VSCODE_PATH'];
  if (installed !== undefined && installed !== '') return installed;
  const cachePath = join(cacheFolder(), 'vscode');
  try {
    return await step(`Getting the desktop's VS Code into ${cachePath}`, verbose, () =>
      downloadAndUnzipVSCode({ cachePath, reporter: { report: () => undefined, error: () => undefined } }),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `VS Code could not be downloaded: ${reason}. Set VSCODE_PATH to an installed one, or run npm run test:integration, which needs no download.`,
      { cause: error },
    );
  }
}

/** Runs the same script again with a display of its own. */
async function underXvfb(args: readonly string[]): Promise<number> {
  const xvfb = onPath('xvfb-run');
  if (xvfb === undefined) {
    throw new Error(
      'There is no display. Install one that needs no screen with: sudo apt-get install xvfb xauth',
    );
  }
  const script = fileURLToPath(new URL('../testElectron.mjs', import.meta.url));
  const command = ['-a', node24, script, ...args];
  const { code } = await runCommand(xvfb, command, { output: 'show' });
  return code;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // the run ended before it could write it
  }
}
