import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { cliCommand, shellQuoted } from '../../../../src/core/events/cliCommand.ts';

const address = { endpointUrl: 'http://127.0.0.1:9000', functionName: 'hello-node', context: {} };

describe('The AWS CLI command', () => {
  it('names endpoint, function and event, and needs neither credentials nor a region', () => {
    assert.equal(
      cliCommand({ ...address, payload: { text: '{"name":"Ada"}' } }),
      'aws lambda invoke --endpoint-url http://127.0.0.1:9000 --no-sign-request --region us-east-1 ' +
        `--function-name hello-node --cli-binary-format raw-in-base64-out --payload '{"name":"Ada"}' /dev/stdout`,
    );
  });

  it('names what came with the event', () => {
    const context = { clientContext: '{"custom":{}}', qualifier: 'live', tenantId: 'a b' };
    assert.match(
      cliCommand({ ...address, context, payload: { text: '1' } }),
      / --qualifier live --tenant-id 'a b' --client-context eyJjdXN0b20iOnt9fQ== /,
    );
  });

  it('reads long events from a file, also one with blanks in its path', () => {
    const command = cliCommand({ ...address, payload: { file: '/tmp/my events/1.json' } });
    assert.match(command, / --payload 'file:\/\/\/tmp\/my events\/1\.json' /);
  });

  it('is quoted so that a shell sees the same words again', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const script = `printf '%s\\0' ${words.map(shellQuoted).join(' ')}`;
        const output = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
        assert.deepEqual(output.split('\0').slice(0, -1), words);
      }),
      { numRuns: 30, examples: [[["it's", '$HOME `x` "y" \\', '', '-n', 'ü\n']]] },
    );
  });
});
