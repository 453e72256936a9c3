import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { useTemporaryFolders } from '../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Activates the bundle with an editor that accepts everything, and prints which functions of Node that reach disk,
 * network or other processes were called meanwhile.
 */
const activateWatched = `
const Module = require('node:module');
const source = require('node:fs').readFileSync(process.argv[1], 'utf8');
const names = new Set([...source.matchAll(/vscode\\d*\\.(\\w+)/g)].map((match) => match[1]));
const anything = new Proxy(function () {}, {
  get: (target, key) => {
    if (key === 'then') return undefined;
    if (key === 'prototype') return target.prototype;
    if (key === 'fsPath') return '/nowhere';
    return key === Symbol.toPrimitive || key === 'toString' ? () => 'anything' : anything;
  },
  apply: () => anything,
  construct: (target, args, newTarget) => Reflect.construct(Target, [], newTarget === anything ? Target : newTarget),
});
class Target { event = () => anything; fire() {} dispose() {} }
const editor = Object.fromEntries([...names].map((name) => [name, anything]));
editor.Disposable = Object.assign(class { dispose() {} }, { from: () => new editor.Disposable() });
const load = Module._load;
Module._load = function (name, ...rest) { return name === 'vscode' ? editor : load.call(this, name, ...rest); };
const extension = require(process.argv[1]);
const calls = [];
for (const name of ['node:fs', 'node:fs/promises', 'node:child_process', 'node:http', 'node:net', 'node:worker_threads']) {
  const module = require(name);
  for (const key of Object.keys(module)) {
    if (typeof module[key] !== 'function' || /^[A-Z]/.test(key)) continue;
    const original = module[key];
    module[key] = function (...args) { calls.push(name + '.' + key); return original.apply(this, args); };
  }
}
const context = { subscriptions: [], globalStorageUri: { fsPath: '/nowhere' }, workspaceState: { get: (_, value) => value, update() {} }, extensionUri: anything };
const api = extension.activate(context);
process.stdout.write(JSON.stringify({ calls, apiVersion: api.apiVersion, subscriptions: context.subscriptions.length }));
`;

describe('Activating the extension', () => {
  const temporaryFolder = useTemporaryFolders();

  async function activate(
    entryPoint: string,
  ): Promise<{ calls: string[]; apiVersion: number; subscriptions: number }> {
    const outfile = join(temporaryFolder(), 'extension.cjs');
    await build({
      absWorkingDir: root,
      entryPoints: [entryPoint],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['vscode'],
      define: { 'import.meta.url': '"file:///nowhere/extension.cjs"' },
      alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
      logLevel: 'silent',
    });
    const output = execFileSync(process.execPath, ['-e', activateWatched, outfile], { encoding: 'utf8' });
    return JSON.parse(output) as { calls: string[]; apiVersion: number; subscriptions: number };
  }

  it('reads no file, starts no process and opens no connection', async () => {
    const { calls, apiVersion, subscriptions } = await activate('src/extension.ts');
    assert.deepEqual(calls, []);
    assert.equal(apiVersion, 1);
    assert.ok(subscriptions > 5);
  });

  it('would be caught reading a file', async () => {
    const { calls } = await activate('test/fixtures/readingExtension.ts');
    assert.deepEqual(calls, ['node:fs.existsSync']);
  });
});
