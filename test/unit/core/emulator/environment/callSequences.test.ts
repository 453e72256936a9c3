import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import { payloadText } from '../../../../../src/core/emulator/invocation.ts';
import { HandExtension } from '../handExtension.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { Emulators } from '../support.ts';
import { LifeModel } from './lifeModel.ts';
import { anySteps, beginnings, Real } from './lifeSteps.ts';

describe('any sequence of calls of a runtime and its extensions', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  /** Plays well-behaved processes in every environment from now on. */
  function behave({ attached, runtime, url }: Stage): void {
    const serve = async (): Promise<void> => {
      for (;;) await runtime.respond(await runtime.take(), '"fine"');
    };
    const watch = async (who: string): Promise<void> => {
      const extension = await HandExtension.register(url, who, ['INVOKE']);
      for (;;) await extension.next();
    };
    attached.onProcess(({ name: who, step }) => {
      if (step === 'started') (who === 'bootstrap' ? serve() : watch(who)).catch(() => undefined);
    });
  }

  /** What may come between, besides calls. */
  const incidents = {
    nothing: () => undefined,
    'the time runs out': (_stage, time) => time.pass(100_000),
    'the bootstrap ends': ({ attached }) => attached.launches.at(-1)?.exit({ code: 0, signal: null }),
    'the bootstrap is killed': ({ attached }) =>
      attached.launches.at(-1)?.exit({ code: null, signal: 'SIGKILL' }),
    'an extension ends': ({ attached }) => attached.extensions.at(-1)?.exit({ code: 3, signal: null }),
    'the code changes': ({ emulator }) => emulator.restart(),
  } as const satisfies Record<string, (stage: Stage, time: HandTime) => void>;
  const anyIncident = fc.constantFrom(...(Object.keys(incidents) as (keyof typeof incidents)[]));

  /** Ends what was started, and invokes again: a failed init may be used up by one more invocation. */
  async function assertServesAgain(stage: Stage): Promise<void> {
    for (const process of [...stage.attached.launches, ...stage.attached.extensions]) {
      process.exit({ code: 1, signal: null });
    }
    const results = await Promise.all([1, 2].map(() => stage.emulator.invoke({ payload: '"again"' })));
    const last = results.at(-1);
    assert.ok(last !== undefined);
    assert.equal(payloadText(last), '"fine"');
    const open = new Set(stage.records.values.map(({ requestId }) => requestId));
    for (const { requestId, state } of stage.records.values) if (state === 'done') open.delete(requestId);
    assert.deepEqual([...open], [], 'every invocation before was answered');
  }

  for (const names of [[], ['agent0'], ['agent0', 'agent1']]) {
    it(`with ${names.length} external ones is answered as specified, and a fresh environment follows`, async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(beginnings(names), anySteps, anyIncident, async (beginning, list, incident) => {
          const time = new HandTime();
          const clock = new PausableClock(time);
          const stage = await Stage.start(emulators, names, {}, { clock });
          stage.emulator.prewarm();
          await stage.started(names.at(-1) ?? 'bootstrap');
          const [model, real] = [new LifeModel(names), new Real(stage)];
          for (const step of beginning) await step.run(model, real);
          await fc.asyncModelRun(() => ({ model, real }), list);
          behave(stage);
          incidents[incident](stage, time);
          await stage.settle().catch(() => undefined); // the end of an environment breaks all connections
          await assertServesAgain(stage);
          await emulators.stop();
        }),
        { numRuns: 30 },
      );
    });
  }
});
