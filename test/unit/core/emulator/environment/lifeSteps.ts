import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HandExtension, register } from '../handExtension.ts';
import type { Stage } from '../stage.ts';
import { requestIdOf, type Reply } from '../support.ts';
import type { Answered, Expected, LifeModel } from './lifeModel.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

/** The environment that the calls go to, and what came of them. */
export class Real {
  readonly stage: Stage;
  readonly runtimeEvents: number[] = [];
  readonly extensionEvents = new Map<string, number[]>();
  readonly #ids = new Map<string, string>();

  constructor(stage: Stage) {
    this.stage = stage;
  }

  requestId(number: number | undefined): string {
    const records = this.stage.records.values;
    return records.find(({ payload }) => String(payload) === String(number))?.requestId ?? unknownId;
  }

  extension(name: string): HandExtension {
    return new HandExtension(this.stage.url, this.#ids.get(name) ?? unknownId);
  }

  async register(name: string, events: readonly string[]): Promise<Reply> {
    const reply = await register(this.stage.url, name, events);
    if (reply.status === 200) {
      this.#ids.set(name, String(reply.headers['lambda-extension-identifier']));
      this.extensionEvents.set(name, []);
    }
    return reply;
  }

  /** Notes the event of a call that may wait; gives its status once there is one. */
  note(asked: Promise<Reply>, take: (reply: Reply) => void): { status?: number } {
    const outcome: { status?: number } = {};
    asked.then(
      (reply) => {
        outcome.status = reply.status;
        if (reply.status === 200) take(reply);
      },
      () => undefined,
    );
    return outcome;
  }

  numberOfEvent(requestId: string | undefined): number {
    const found = this.stage.records.values.find((record) => record.requestId === requestId);
    return Number(String(found?.payload));
  }
}

/** One call, made to the model and to the emulator. */
export class Step implements fc.AsyncCommand<LifeModel, Real> {
  readonly #text: string;
  readonly #model: (model: LifeModel) => Expected | undefined;
  readonly #real: (real: Real, model: LifeModel) => Promise<{ status?: number } | undefined>;

  constructor(
    text: string,
    model: (model: LifeModel) => Expected | undefined,
    real: (real: Real, model: LifeModel) => Promise<{ status?: number } | undefined>,
  ) {
    this.#text = text;
    this.#model = model;
    this.#real = real;
  }

  check(): boolean {
    return true;
  }

  async run(model: LifeModel, real: Real): Promise<void> {
    const outcome = await this.#real(real, model); // first, since it may ask the model which invocation is meant
    const expected = this.#model(model);
    await real.stage.settle();
    if (expected === 'taken') assert.ok(outcome?.status === undefined || outcome.status === 200);
    else assert.equal(outcome?.status, expected);
    assert.deepEqual(real.runtimeEvents, model.runtimeEvents);
    for (const [name, events] of real.extensionEvents) {
      assert.deepEqual(events, model.extensionEvents.get(name), name);
    }
  }

  toString(): string {
    return this.#text;
  }
}

/** Invokes with the number of the invocation as its event. */
function invoke(): Step {
  return new Step(
    'invoke',
    (model) => {
      model.invoke();
      return undefined;
    },
    (real, model) => {
      real.stage.emulator.invoke({ payload: String(model.invocations) }).catch(() => undefined);
      return Promise.resolve(undefined);
    },
  );
}

function runtimeNext(): Step {
  return new Step(
    'next',
    (model) => model.runtimeNext(),
    (real) =>
      Promise.resolve(
        real.note(real.stage.runtime.next(), (reply) => {
          real.runtimeEvents.push(real.numberOfEvent(requestIdOf(reply)));
        }),
      ),
  );
}

function runtimeAnswers(which: Answered, how: 'response' | 'error'): Step {
  return new Step(
    `${how} of ${which}`,
    (model) => model.runtimeAnswers(which),
    (real, model) => {
      const id = real.requestId(model.numberOf(which));
      const { runtime } = real.stage;
      return how === 'error' ? runtime.fail(id, 'Function.Odd') : runtime.respond(id);
    },
  );
}

function initError(): Step {
  return new Step(
    'init/error',
    (model) => model.runtimeInitError(),
    (real) => real.stage.runtime.initError('Runtime.Odd'),
  );
}

function registers(name: string, events: readonly string[]): Step {
  return new Step(
    `${name} registers for [${events.join()}]`,
    (model) => model.register(name, events),
    (real) => real.register(name, events),
  );
}

function extensionNext(name: string): Step {
  return new Step(
    `${name} next`,
    (model) => model.extensionNext(name),
    (real) =>
      Promise.resolve(
        real.note(real.extension(name).ask(), ({ body }) => {
          const { requestId } = JSON.parse(body) as { requestId?: string };
          if (requestId !== undefined) real.extensionEvents.get(name)?.push(real.numberOfEvent(requestId));
        }),
      ),
  );
}

function extensionError(name: string, kind: 'init' | 'exit'): Step {
  return new Step(
    `${name} ${kind}/error`,
    (model) => model.extensionError(name, kind),
    (real) => real.extension(name).report(kind),
  );
}

const names = fc.constantFrom('agent0', 'agent1', 'inside');
const events = fc.subarray(['INVOKE', 'SHUTDOWN']);
const answered = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Answered>('current') },
  { weight: 1, arbitrary: fc.constantFrom<Answered>('done', 'queued', 'unknown') },
);
const hows = fc.constantFrom<'response' | 'error'>('response', 'error');
const kinds = fc.constantFrom<'init' | 'exit'>('init', 'exit');

/** Often what leads on, rarely what ends everything. */
const often = [
  fc.constant(null).map(runtimeNext),
  fc.tuple(answered, hows).map(([which, how]) => runtimeAnswers(which, how)),
  names.map(extensionNext),
];
const rarely = [
  fc.constant(null).map(invoke),
  fc.tuple(names, events).map(([name, list]) => registers(name, list)),
  fc.constant(null).map(initError),
  fc.tuple(names, kinds).map(([name, kind]) => extensionError(name, kind)),
];

/** Calls in any order. */
export const anySteps = fc.commands([...often, ...often, ...often, ...rarely], {
  maxCommands: 25,
  size: 'max',
});

/** An environment that is ready, or not yet begun. */
export const beginnings = (external: readonly string[]): fc.Arbitrary<Step[]> =>
  fc
    .array(events, { minLength: external.length, maxLength: external.length })
    .chain((lists) =>
      fc.constantFrom(
        [],
        [
          ...external.map((name, index) => registers(name, lists[index] ?? [])),
          ...external.map(extensionNext),
          runtimeNext(),
          invoke(),
          invoke(),
        ],
      ),
    );
