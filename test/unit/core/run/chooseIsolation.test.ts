import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chooseIsolation } from '../../../../src/core/run/chooseIsolation.ts';
import { forbidNamespaces } from '../../../support/forbidNamespaces.ts';
import { directoryIsolation } from '../../../../src/core/run/directoryIsolation.ts';

describe('The choice of an isolation', () => {
  it('is the best that works here, and nothing needs to be told of it', async () => {
    const notices: string[] = [];
    const isolation = await chooseIsolation('auto', (text) => notices.push(text));
    assert.equal(isolation.name, 'namespace');
    assert.deepEqual(notices, []);
  });

  it('is the wanted one, with what differs from Lambda', async () => {
    const notices: string[] = [];
    const isolation = await chooseIsolation('directory', (text) => notices.push(text));
    assert.equal(isolation.name, 'directory');
    assert.deepEqual(notices, [directoryIsolation.caveat]);
    assert.equal((await chooseIsolation('namespace', () => assert.fail())).name, 'namespace');
  });

  it('is the directory where namespaces are forbidden, and says why and how to allow them', () => {
    const module = new URL('../../../../src/core/run/chooseIsolation.ts', import.meta.url).href;
    const program = `
      const { chooseIsolation } = await import('${module}');
      const notices = [];
      const { name } = await chooseIsolation('auto', (text) => notices.push(text));
      const failure = await chooseIsolation('namespace', () => undefined).catch((error) => error);
      console.log(JSON.stringify({ name, notices, code: failure.code, message: failure.message }));`;
    const [unshare = '', ...words] = forbidNamespaces;
    const args = [...words, process.execPath, '--input-type=module', '-e', program];
    const result = JSON.parse(execFileSync(unshare, args, { encoding: 'utf8' })) as {
      name: string;
      notices: string[];
      code: string;
      message: string;
    };
    assert.equal(result.name, 'directory');
    assert.equal(result.notices.length, 2);
    assert.match(
      result.notices[0] ?? '',
      /"namespace" does not work .*"sudo sysctl -w user\.max_user_namespaces=15000"/,
    );
    assert.equal(result.notices[1], directoryIsolation.caveat);
    assert.equal(result.code, 'IsolationUnavailable');
    assert.match(result.message, /"namespace"/);
  });
});
