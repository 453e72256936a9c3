import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const core = new URL('../../src/core/', import.meta.url).pathname;
/** `nobody`: owns nothing, may do nothing. */
const nobody = 65_534;
const dropRoot = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs'];

/**
 * Runs an ES module without root's rights, in `folder`, and returns what it prints as JSON. Its imports of
 * `./core/…` are this project's sources, copied, since they may be where only root can read. Somebody who is no
 * root stays who they are.
 */
export async function runAsOrdinaryUser(folder: string, program: string): Promise<unknown> {
  const home = join(folder, 'home');
  mkdirSync(home);
  cpSync(core, join(home, 'core'), { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  writeFileSync(join(home, 'program.ts'), program);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    chmodSync(folder, 0o755);
    chownSync(home, nobody, nobody);
  }
  const options = { cwd: home, env: { PATH: process.env['PATH'] ?? '' } };
  const { stdout } = isRoot
    ? await run('setpriv', [...dropRoot, reachableNode(folder), join(home, 'program.ts')], options)
    : await run(process.execPath, [join(home, 'program.ts')], options);
  return JSON.parse(stdout);
}

/** This Node, or a copy of it where the user cannot reach it. */
function reachableNode(folder: string): string {
  try {
    execFileSync('setpriv', [...dropRoot, process.execPath, '--version'], { stdio: 'ignore' });
    return process.execPath;
  } catch {
    const copy = join(folder, 'node');
    copyFileSync(process.execPath, copy);
    chmodSync(copy, 0o755);
    return copy;
  }
}
