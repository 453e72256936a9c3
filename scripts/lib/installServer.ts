import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeOnce } from './makeOnce.ts';
import { nodeFolder, npmEnvironment, root } from './prepare.mjs';
import { runQuietly, step } from './step.mjs';
import { buildPackages, ensureSystemPackages } from './systemPackages.ts';
import { codeServerVersion, nodeMajorOf, serverFolder } from '../../test/host/serverLocation.ts';

/** Installs the VS Code server into the machine's cache unless it is there. */
export async function ensureServer(verbose: boolean): Promise<void> {
  const folder = serverFolder(nodeMajorOf(root));
  if (existsSync(folder)) return;
  await ensureSystemPackages(process.platform === 'linux' ? buildPackages : [], { verbose });
  const title = `Installing VS Code's server ${codeServerVersion} for the tests and npm start: not in ${dirname(folder)} yet, takes some minutes`;
  await step(title, verbose, () => makeOnce(folder, (building) => install(building, verbose)));
}

async function install(building: string, verbose: boolean): Promise<void> {
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(root, 'test', 'host', file), join(building, file));
  }
  const env = npmEnvironment(process.env, nodeFolder);
  await runQuietly('npm', ['ci', '--no-audit', '--no-fund'], { cwd: building, env, verbose });
}
