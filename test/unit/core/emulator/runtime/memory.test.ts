import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

describe('the memory of the emulator', () => {
  it('is at its level again after 10,000 calls', async function () {
    this.timeout(120_000);
    const program = fileURLToPath(new URL('manyCalls.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
    const { before, after } = JSON.parse(stdout) as { before: number; after: number };
    assert.ok(before > 1e6);
    // A hundred bytes a call would be too much already.
    assert.ok(after - before < 1e6, `${before} bytes before, ${after} after`);
  });
});
