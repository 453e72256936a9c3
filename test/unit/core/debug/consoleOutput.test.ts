import assert from 'node:assert/strict';
import { ConsoleOutput } from '../../../../src/core/debug/consoleOutput.ts';
import { nextTurn } from '../../../../src/core/emulator/nextTurn.ts';
import { until } from '../../../support/processes.ts';

describe('The output in the debug console', () => {
  function prepare() {
    const sent: [text: string, category: string][] = [];
    return { sent, output: new ConsoleOutput((text, category) => sent.push([text, category])) };
  }

  it('is sent in the order it came in, what comes at once in one piece', async () => {
    const { output, sent } = prepare();
    output.log('one');
    output.log('two');
    output.print('note', 'console');
    output.log('three');
    assert.deepEqual(sent, [
      ['one\ntwo\n', 'stdout'],
      ['note\n', 'console'],
    ]);
    await nextTurn();
    assert.deepEqual(sent.at(-1), ['three\n', 'stdout']);
  });

  it('is there at once when it has to stand before something else', () => {
    const { output, sent } = prepare();
    output.log('one');
    output.flush();
    output.flush();
    assert.deepEqual(sent, [['one\n', 'stdout']]);
  });

  for (const [kind, line, count] of [
    ['lines', 'x', 1_000_000],
    ['long lines', 'x'.repeat(65_536), 1000],
  ] as const) {
    it(`leaves out the rest of a flood of ${kind}, tells how many, and still shows everything else`, async () => {
      const { output, sent } = prepare();
      for (let index = 0; index < count; index++) output.log(line);
      output.print('REPORT', 'stdout');
      output.flush();
      const text = sent.map(([one]) => one).join('');
      const left = Number(/^\[(\d+) lines not shown; see the log\]\nREPORT\n$/m.exec(text.slice(-60))?.[1]);
      assert.equal(text.split('\n').length - 3 + left, count);
      assert.ok(
        text.length < 1_100_000 && sent.length < 10,
        `${text.length} characters in ${sent.length} messages`,
      );
      await nextTurn();
    });
  }

  it('tells what was left out although nothing follows', async () => {
    const { output, sent } = prepare();
    for (let index = 0; index < 2100; index++) output.log('x');
    await until(() => sent.some(([text]) => text === '[100 lines not shown; see the log]\n'));
  });
});
