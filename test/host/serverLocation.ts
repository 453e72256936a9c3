import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import manifest from './package.json' with { type: 'json' };

/** The release of the npm package `code-server`, which contains the VS Code server that the tests run. */
export const codeServerVersion = manifest.dependencies['code-server'];

/** Where things are kept that are made once per machine; `LAMBDA_LAYERS_CACHE` overrides it. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LAMBDA_LAYERS_CACHE: chosen, XDG_CACHE_HOME: cacheHome } = environment;
  if (chosen !== undefined && chosen !== '') return chosen;
  const base = cacheHome !== undefined && cacheHome !== '' ? cacheHome : join(homedir(), '.cache');
  return join(base, 'lambda-layers');
}

/** The folder of this project's VS Code server. It exists only when its installation was completed. */
export function serverFolder(nodeMajor: string, environment: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(environment), `code-server-${codeServerVersion}-node${nodeMajor}`);
}

/** The major release of the Node in the npm package `node`, in the checkout's node_modules. */
export function nodeMajorOf(root: string): string {
  const text = readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version.split('.', 1)[0] ?? version;
}

/** The entry point of the VS Code server. Throws an `Error` that says how to install it when it is missing. */
export function serverEntry(root: string): string {
  const folder = serverFolder(nodeMajorOf(root));
  const entry = join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
  if (existsSync(entry)) return entry;
  throw new Error(
    `The VS Code server is not installed in ${folder}. Run npm run test:integration, which does it.`,
  );
}
