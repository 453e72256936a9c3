import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const support = fileURLToPath(new URL('../../support/moto.ts', import.meta.url));

describe('The tests’ AWS server', function () {
  this.timeout(300_000);

  it('ends when the process that started it is killed', async () => {
    const program = `
      const { startMoto } = await import(process.argv[1]);
      const { endpoint } = await startMoto();
      console.log('endpoint', endpoint);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program, support], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of owner.stdout) {
      output += String(chunk);
      if (output.includes('endpoint')) break;
    }
    const endpoint = /endpoint (\S+)/.exec(output)?.[1] ?? '';
    assert.equal((await fetch(`${endpoint}/moto-api/`)).status, 200);
    owner.kill('SIGKILL');
    await once(owner, 'close');
    while (await answers(endpoint)) await setTimeout(20);
  });
});

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}
