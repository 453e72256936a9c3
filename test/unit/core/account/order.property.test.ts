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
import {
  applyDependents,
  changeResult,
  planDependents,
  type ApplyOptions,
  type DependentResult,
} from '../../../../src/core/account/updateDependents.ts';
import { UpdateHistory } from '../../../../src/core/account/updateHistory.ts';
import type { Fault } from '../../../support/faultProxy.ts';
import { useAws } from '../../../support/motoAws.ts';

const quick = { pollMilliseconds: 1, lookPauses: [0, 1, 1], onError: 'continue' } as const;

/** What a person may do, or somebody else, in whatever order. Numbers choose among what there is. */
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
  | { readonly kind: 'foreign'; readonly function: number; readonly seed: number }
  | { readonly kind: 'update'; readonly layer: number }
  | { readonly kind: 'undo' };

/** What goes wrong while a step is carried out. */
interface Trouble {
  readonly operation: 'UpdateFunctionConfiguration' | 'GetFunctionConfiguration';
  readonly kind: 'lose' | 'fail' | 'cancel';
  readonly skip: number;
  readonly times: number;
}

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
  fc.record({ kind: fc.constant('foreign' as const), function: natural, seed: natural }),
  fc.record({ kind: fc.constant('update' as const), layer: natural }),
  fc.constant({ kind: 'undo' as const }),
);
const trouble: fc.Arbitrary<Trouble> = fc.record({
  operation: fc.constantFrom('UpdateFunctionConfiguration', 'GetFunctionConfiguration'),
  kind: fc.constantFrom('lose', 'fail', 'cancel'),
  skip: fc.nat({ max: 3 }),
  times: fc.integer({ min: 1, max: 5 }),
});
const troubledStep = fc.tuple(step, fc.option(trouble, { nil: undefined }));

describe('The order of layers', function () {
  this.timeout(300_000);
  const aws = useAws();
  const versions: string[] = [];
  /** One begins like another. Few, so that an update often finds something to do. */
  const names = ['alpha', 'alpha-beta', 'beta', 'gamma'];
  let gateway: LambdaGateway;
  let functions: string[] = [];
  /** By function: the order that the person was last shown, or told of. */
  let shown = new Map<string, readonly string[]>();
  let history = new UpdateHistory();

  before(async () => {
    for (const name of names) versions.push(...(await aws.seed.versions(name, 3)));
  });

  let run = 0;
  async function begin(): Promise<void> {
    const oldest = versions.filter((arn) => arn.endsWith(':1'));
    const orders = [oldest.slice(0, 3), oldest.slice(1).reverse()];
    functions = await Promise.all(
      orders.map((layers, index) => aws.seed.function({ name: `ordered-${run}-${index}`, layers })),
    );
    run++;
    shown = new Map(functions.map((name, index) => [name, orders[index] ?? []]));
    history = new UpdateHistory();
  }

  it('is what was shown, after any sequence of changes, updates and undoing', async () => {
    gateway = aws.connect().gateway;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await begin();
        for (const each of steps) {
          const results = await take(each, undefined);
          const isForeign = results.some(({ error }) => error !== undefined);
          assert.ok(!isForeign || each.kind === 'undo', 'only undoing meets what somebody else has changed');
          await check(each.kind);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is what the results say, whatever goes wrong meanwhile, and undoing restores it', async () => {
    gateway = aws.connect({ maxAttempts: 1 }).gateway;
    await fc.assert(
      fc.asyncProperty(fc.array(troubledStep, { minLength: 1, maxLength: 8 }), async (steps) => {
        await begin();
        for (const [each, what] of steps) {
          await take(each, what);
          await check(`${each.kind} with ${JSON.stringify(what)}`);
        }
      }),
      { numRuns: 20 },
    );
  });

  async function check(what: string): Promise<void> {
    for (const name of functions)
      assert.deepEqual(await orderOf(name), shown.get(name), `${name} after ${what}`);
  }

  async function orderOf(name: string): Promise<string[]> {
    return (await gateway.getFunction(name)).layers.map(({ arn }) => arn);
  }

  const pick = <T>(list: readonly T[], index: number): T | undefined =>
    list[index % Math.max(1, list.length)];

  /** Does a step as the product does, and notes what its plan showed, or what its results say. */
  async function take(wanted: Step, what: Trouble | undefined): Promise<readonly DependentResult[]> {
    if (wanted.kind === 'foreign') {
      const name = pick(functions, wanted.function) ?? '';
      const layers = rotated(
        versions.filter((arn) => arn.endsWith(':2')),
        wanted.seed,
      ).slice(wanted.seed % 4);
      await aws.seed.setLayers(name, layers);
      shown.set(name, layers);
      return [];
    }
    const apply = await planned(wanted);
    if (apply === undefined) return [];
    const options = { ...quick, signal: makeTrouble(what) };
    const results = await apply(options);
    aws.proxy.clear();
    const former = new Map(shown);
    for (const result of results) await note(result);
    if (wanted.kind !== 'undo') checkUndo(former);
    return results;
  }

  /** Whatever was changed can be taken back, to what it was. */
  function checkUndo(former: ReadonlyMap<string, readonly string[]>): void {
    for (const name of functions) {
      if (shown.get(name)?.join() === former.get(name)?.join()) continue;
      const back = history.next?.find((each) => each.function === name);
      assert.deepEqual(back?.after, former.get(name), `${name} can be taken back`);
    }
  }

  /** Lets something go wrong from now on; the signal is aborted where somebody cancels. */
  function makeTrouble(what: Trouble | undefined): AbortSignal {
    const controller = new AbortController();
    if (what === undefined) return controller.signal;
    const { operation, kind, skip, times } = what;
    const cancel = (): Promise<void> => {
      controller.abort();
      return Promise.resolve();
    };
    const faults: Record<Trouble['kind'], Fault> = {
      lose: { kind: 'lose' },
      fail: { kind: 'error', status: 503, name: 'ServiceException' },
      cancel: { kind: 'first', run: cancel },
    };
    aws.proxy.fault(operation, faults[kind], { skip, times });
    return controller.signal;
  }

  /** Makes a result what the person knows. */
  async function note({
    function: name,
    before,
    after,
    status,
    configuration,
  }: DependentResult): Promise<void> {
    const told = configuration?.layers.map(({ arn }) => arn);
    switch (status) {
      case 'updated':
      case 'pending':
      case 'unchanged':
        assert.deepEqual(told, after, 'nobody else was there');
        shown.set(name, after);
        return;
      case 'unknown': {
        const present = await orderOf(name);
        assert.ok([before.join(), after.join()].includes(present.join()), 'one or the other');
        shown.set(name, present);
        return;
      }
      case 'failed':
      case 'notStarted': // it is as it was, which the caller checks
    }
  }

  type Apply = (options: ApplyOptions) => Promise<readonly DependentResult[]>;

  async function planned(wanted: Exclude<Step, { kind: 'foreign' }>): Promise<Apply | undefined> {
    if (wanted.kind === 'undo') return (options) => history.undo(options);
    if (wanted.kind === 'update') {
      const newest = versions.filter((arn) => arn.endsWith(':3'));
      const plan = await planDependents(gateway, { layerVersionArn: pick(newest, wanted.layer) ?? '' });
      const changes = plan.changes.filter((each) => functions.includes(each.function));
      for (const { before, after } of changes)
        assert.deepEqual(after.map(layerArnOf), before.map(layerArnOf), 'every layer keeps its place');
      return recorded((options) => applyDependents(gateway, changes, options));
    }
    const name = pick(functions, wanted.function) ?? '';
    const plan = await planOf(wanted, name, shown.get(name) ?? []);
    if (plan === undefined || plan.problems.some(({ severity }) => severity === 'error')) return undefined;
    return recorded(async (options) => {
      try {
        return [changeResult(plan, await applyLayerChange(gateway, plan, options))];
      } catch {
        return []; // nothing was changed, which the caller checks
      }
    });
  }

  /** As the commands do: what was done can be taken back. */
  function recorded(apply: Apply): Apply {
    return async (options) => {
      const results = await apply(options);
      history.record(gateway, results);
      return results;
    };
  }

  async function planOf(
    wanted: Extract<Step, { kind: 'attach' | 'detach' | 'reorder' }>,
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
    return planReorder(gateway, { function: name, layers: rotated(present, wanted.seed).reverse() });
  }
});

function rotated(list: readonly string[], seed: number): string[] {
  const cut = seed % list.length;
  return [...list.slice(cut), ...list.slice(0, cut)];
}
