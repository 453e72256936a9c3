import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const supervisor = fileURLToPath(new URL('../../host/supervisor.mjs', import.meta.url));

/** Stands in for the server: starts a process in a group of its own, as a terminal does, and names both. */
const server = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true, stdio: 'inherit' });
  console.log(process.pid + ' ' + child.pid);
  setInterval(() => {}, 1000);
`;

describe('the supervisor of the VS Code server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-layers-supervised-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('ends the server with all it started, and removes its folder, when its input is closed', async () => {
    const child = spawn(process.execPath, [supervisor, folder, process.execPath, '-e', server]);
    await firstLine(child);
    child.stdin.end();
    await once(child, 'close'); // comes only after every process that holds the output has ended
    assert.equal(existsSync(folder), false);
  });

  it('does so when the process that wanted the server is killed', async () => {
    const owner = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ${JSON.stringify([supervisor, folder, process.execPath, '-e', server])}, {
        detached: true, stdio: ['pipe', 'inherit', 'inherit'] });
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['-e', owner]);
    await firstLine(child);
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.equal(existsSync(folder), false);
  });

  it('ends by itself when the server does', async () => {
    const child = spawn(process.execPath, [supervisor, folder, process.execPath, '-e', 'process.exit(3)']);
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 3);
    assert.equal(existsSync(folder), false);
  });
});

async function firstLine(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return line;
}
