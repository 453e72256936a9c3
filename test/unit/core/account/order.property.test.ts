import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  applyLayerChange,
  planAttach,
  planDetach,
  planReorder,
  type LayerChangePlan,
} from '../../../../src/core/account/changeLayers.ts';
import { layerArnOf } from '../../../../src/core/account/layerNames.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import { applyDependents, planDependents } from '../../../../src/core/account/updateDependents.ts';
import { UpdateHistory } from '../../../../src/core/account/updateHistory.ts';
import { useAws } from '../../../support/motoAws.ts';

/** What a person may do, in whatever order. Numbers choose among what there is. */
type Step =
  | {
      readonly kind: 'attach';
      readonly function: number;
      readonly layer: number;
      readonly position: number;
      readonly replace: boolean;
    }
  | { readonly kind: 'detach'; readonly function: number; readonly layer: number }
  | { readonly kind: 'reorder'; readonly function: number; readonly seed: number }
  | { readonly kind: 'update'; readonly layer: number }
  | { readonly kind: 'undo' };

const natural = fc.nat({ max: 1_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('attach' as const),
    function: natural,
    layer: natural,
    position: fc.nat({ max: 5 }),
    replace: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('detach' as const), function: natural, layer: natural }),
  fc.record({ kind: fc.constant('reorder' as const), function: natural, seed: natural }),
  fc.record({ kind: fc.constant('update' as const), layer: natural }),
  fc.constant({ kind: 'undo' as const }),
);
const quick = { pollMilliseconds: 1, onError: 'continue' } as const;

describe('The order of layers', function () {
  this.timeout(120_000);
  const aws = useAws();
  const versions: string[] = [];
  /** One begins like another. Few, so that an update often finds something to do. */
  const names = ['alpha', 'alpha-beta', 'beta', 'gamma'];
  let gateway: LambdaGateway;

  before(async () => {
    for (const name of names) versions.push(...(await aws.seed.versions(name, 3)));
  });

  it('is what was shown, after any sequence of changes, updates and undoing', async () => {
    gateway = aws.connect().gateway;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const oldest = versions.filter((arn) => arn.endsWith(':1'));
        const begin = [oldest.slice(0, 3), oldest.slice(1).reverse()];
        const functions = await Promise.all(
          begin.map((layers, index) => aws.seed.function({ name: `ordered-${run}-${index}`, layers })),
        );
        run++;
        const shown = new Map(functions.map((name, index) => [name, begin[index] ?? []] as const));
        const history = new UpdateHistory();
        for (const each of steps) {
          await take(each, functions, shown, history);
          for (const name of functions)
            assert.deepEqual(await orderOf(name), shown.get(name), `${name} after ${each.kind}`);
        }
      }),
      { numRuns: 25 },
    );
  });

  async function orderOf(name: string): Promise<string[]> {
    return (await gateway.getFunction(name)).layers.map(({ arn }) => arn);
  }

  /** Does a step as the product does, and notes what its plan showed. */
  async function take(
    wanted: Step,
    functions: readonly string[],
    shown: Map<string, readonly string[]>,
    history: UpdateHistory,
  ): Promise<void> {
    const pick = <T>(list: readonly T[], index: number): T | undefined =>
      list[index % Math.max(1, list.length)];
    if (wanted.kind === 'undo') {
      for (const { function: name, after, before } of history.next ?? []) {
        // what was changed since is left alone, and that is told
        const isUntouched = shown.get(name)?.join() === before.join();
        if (isUntouched) shown.set(name, after);
      }
      await history.undo(quick);
      return;
    }
    if (wanted.kind === 'update') {
      const newest = versions.filter((arn) => arn.endsWith(':3'));
      const plan = await planDependents(gateway, {
        layerVersionArn: pick(newest, wanted.layer) ?? '',
        functions: undefined,
      });
      const changes = plan.changes.filter((each) => functions.includes(each.function));
      for (const { function: name, before, after } of changes) {
        assert.deepEqual(after.map(layerArnOf), before.map(layerArnOf), 'every layer keeps its place');
        shown.set(name, after);
      }
      history.record(gateway, await applyDependents(gateway, changes, quick));
      return;
    }
    const name = pick(functions, wanted.function) ?? '';
    const plan = await planOf(wanted, name, shown.get(name) ?? []);
    if (plan === undefined || plan.problems.some(({ severity }) => severity === 'error')) return;
    shown.set(name, plan.after);
    await applyLayerChange(gateway, plan, quick);
  }

  async function planOf(
    wanted: Exclude<Step, { kind: 'undo' | 'update' }>,
    name: string,
    present: readonly string[],
  ): Promise<LayerChangePlan | undefined> {
    if (wanted.kind === 'attach') {
      const layer = versions[wanted.layer % versions.length] ?? '';
      const plan = await planAttach(gateway, {
        function: name,
        layer,
        position: wanted.position,
        onSameLayer: wanted.replace ? 'replace' : 'refuse',
      });
      const rest = (list: readonly string[]) => list.filter((arn) => layerArnOf(arn) !== layerArnOf(layer));
      assert.deepEqual(rest(plan.after), rest(present), 'the others keep their order');
      return plan;
    }
    if (present.length === 0) return undefined;
    if (wanted.kind === 'detach') {
      const layer = present[wanted.layer % present.length] ?? '';
      return planDetach(gateway, { function: name, layers: [layer] });
    }
    const cut = wanted.seed % present.length;
    return planReorder(gateway, {
      function: name,
      layers: [...present.slice(cut), ...present.slice(0, cut)].reverse(),
    });
  }
});
