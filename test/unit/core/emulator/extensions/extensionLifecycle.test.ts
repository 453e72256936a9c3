import assert from 'node:assert/strict';
import { HandExtension, register } from '../handExtension.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, requestIdOf, rootOf } from '../support.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the life of extensions', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  /** Whether a promise is still open after all that was under way. */
  async function isPending(promise: Promise<unknown>, stage: Stage): Promise<boolean> {
    let settled = false;
    const note = (): void => void (settled = true);
    promise.then(note, note);
    await stage.settle();
    return !settled;
  }

  function order({ steps }: Stage): string[] {
    return steps.values.filter(({ step }) => step === 'started').map(({ name }) => name);
  }

  it('starts the programs in order, and bootstrap once all of them have registered', async () => {
    const stage = await Stage.start(emulators, ['10-first', 'Second', 'third']);
    stage.emulator.prewarm();
    await stage.started('third');
    for (const name of ['third', '10-first']) await register(stage.url, name);
    await stage.settle();
    assert.deepEqual(order(stage), ['10-first', 'Second', 'third']);
    await register(stage.url, 'Second');
    await stage.started('bootstrap');
    assert.deepEqual(order(stage), ['10-first', 'Second', 'third', 'bootstrap']);
  });

  it('gives them the address of the APIs and the token for the metadata endpoint', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    await stage.warmUp({ agent: [] });
    const [agent, bootstrap] = [await stage.started('agent'), await stage.started('bootstrap')];
    assert.equal(`http://${agent.runtimeApi}`, new URL(stage.url).origin);
    assert.equal(agent.metadataToken, bootstrap.metadataToken);
    assert.ok(agent.metadataToken.length >= 32);
  });

  it('ends init only when the runtime and every extension, whatever it subscribed to, asked for an event', async () => {
    const stage = await Stage.start(emulators, ['invoked', 'quiet']);
    const extensions = await stage.warmUp({ invoked: ['INVOKE'], quiet: [] });
    const ready = stage.emulator.whenReady();
    stage.runtime.park();
    for (const extension of extensions) {
      assert.ok(await isPending(ready, stage));
      extension.park();
    }
    await ready;
  });

  it('takes a registration from inside the runtime, which then has to be ready as well', async () => {
    const stage = await Stage.start(emulators);
    await stage.warmUp();
    const inside = await HandExtension.register(stage.url, 'inside', ['INVOKE']);
    stage.runtime.park();
    const ready = stage.emulator.whenReady();
    assert.ok(await isPending(ready, stage));
    const event = inside.next();
    await ready;
    const result = stage.emulator.invoke({ payload: '{}' });
    const { requestId } = await event;
    await stage.runtime.respond(requestId ?? '');
    stage.runtime.park();
    assert.ok(await isPending(result, stage));
    inside.park();
    assert.equal((await result).status, 'success');
  });

  it('tells subscribers of an invocation what the runtime is told', async () => {
    const stage = await Stage.start(emulators, ['agent', 'quiet']);
    const [agent, quiet] = await stage.warmUp({ agent: ['INVOKE'], quiet: ['SHUTDOWN'] });
    const [asked, unasked] = [agent?.ask(), quiet?.ask()];
    const next = stage.runtime.next();
    await stage.emulator.whenReady();
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const invoked = stage.emulator.invoke({ payload: '{}', qualifier: 'live', traceHeader: trace });
    const { headers } = await next;
    const reply = await asked;
    assert.equal(reply?.headers['content-type'], 'application/json');
    assert.match(String(reply.headers['lambda-extension-event-identifier']), uuid);
    assert.deepEqual(JSON.parse(reply.body), {
      eventType: 'INVOKE',
      deadlineMs: Number(headers['lambda-runtime-deadline-ms']),
      requestId: headers['lambda-runtime-aws-request-id'],
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:thumbnails:live',
      tracing: { type: 'X-Amzn-Trace-Id', value: trace },
    });
    assert.ok(unasked !== undefined && (await isPending(unasked, stage)));
    await stage.runtime.respond(String(headers['lambda-runtime-aws-request-id']));
    stage.runtime.park();
    agent?.park();
    await invoked;
    unasked.catch(() => undefined);
    (await stage.started('quiet')).exit({ code: 0, signal: null });
  });

  it('answers the client at once, and gives out the next event when slow extensions are done', async () => {
    const stage = await Stage.start(emulators, ['slow']);
    const [slow] = await stage.warmUp({ slow: ['INVOKE'] });
    assert.ok(slow);
    const first = slow.next();
    const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    const post = { method: 'POST', body: '1' };
    const answered = call(url, post);
    await stage.records.until(({ state }) => state === 'queued');
    const queued = stage.emulator.invoke({ payload: '2' });
    const id = await stage.runtime.take();
    await first;
    await stage.runtime.respond(id, '"done"');
    assert.equal((await answered).body, '"done"');
    const second = stage.runtime.next();
    assert.ok(await isPending(second, stage));
    assert.deepEqual(stage.lines('REPORT'), []);
    const event = slow.next();
    const reply = await second;
    assert.equal(reply.body, '2');
    assert.equal((await event).requestId, requestIdOf(reply));
    assert.equal(stage.lines(`REPORT RequestId: ${id}`).length, 1);
    await stage.runtime.respond(requestIdOf(reply));
    stage.runtime.park();
    slow.park();
    await queued;
  });

  it('keeps the event of an extension that hung up until it comes back', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: ['INVOKE'] });
    const abort = new AbortController();
    const broken = agent?.ask(abort.signal) ?? Promise.resolve();
    stage.runtime.park();
    await stage.emulator.whenReady();
    abort.abort();
    await assert.rejects(broken);
    await stage.settle();
    stage.emulator.invoke({ payload: '{}' }).catch(() => undefined);
    const { requestId } = await stage.records.until(({ state }) => state === 'running');
    await stage.settle();
    assert.equal((await agent?.next())?.requestId, requestId);
  });

  it('tells who registers about the function, and its account when asked', async () => {
    const settings = { version: '7', handler: 'app.main', accountId: '111122223333' };
    const stage = await Stage.start(emulators, ['a', 'b', 'c'], settings);
    stage.emulator.prewarm();
    await stage.started('c');
    const about = { functionName: 'thumbnails', functionVersion: '7', handler: 'app.main' };
    const feature = (value: string): object => ({ 'Lambda-Extension-Accept-Feature': value });
    const plain = await register(stage.url, 'a');
    assert.equal(plain.body, `${JSON.stringify(about)}\n`);
    assert.match(String(plain.headers['lambda-extension-identifier']), uuid);
    const asked = await register(stage.url, 'b', [], { ...feature('other, accountId') });
    assert.deepEqual(JSON.parse(asked.body), { ...about, accountId: '111122223333' });
    const other = await register(stage.url, 'c', [], { ...feature('accountIds') });
    assert.deepEqual(JSON.parse(other.body), about);
  });

  it('reads the events of a registration whatever the case of the name', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    stage.emulator.prewarm();
    await stage.started('agent');
    const headers = { 'Lambda-Extension-Name': 'agent' };
    const url = `${rootOf(stage.url)}/2020-01-01/extension/register`;
    const registered = await call(url, { method: 'POST', headers, body: '{"Events":["INVOKE"]}' });
    const agent = new HandExtension(stage.url, String(registered.headers['lambda-extension-identifier']));
    await stage.started('bootstrap');
    stage.emulator.invoke({ payload: '{}' }).catch(() => undefined);
    const [{ requestId }, id] = await Promise.all([agent.next(), stage.runtime.take()]);
    assert.equal(requestId, id);
  });

  it('writes to the log who is there, and who gets telemetry', async () => {
    const stage = await Stage.start(emulators, ['agent', 'quiet']);
    const [agent, quiet] = await stage.warmUp({ agent: ['INVOKE', 'SHUTDOWN', 'INVOKE'], quiet: [] });
    const inside = await HandExtension.register(stage.url, 'inside', ['INVOKE']);
    assert.equal((await agent?.subscribe(9, ['platform', 'function']))?.body, '"OK"');
    (await stage.started('agent')).onOutput('agent is up');
    for (const each of [agent, quiet, inside]) each?.park();
    stage.runtime.park();
    await stage.emulator.whenReady();
    assert.deepEqual(stage.lines('EXTENSION'), [
      'EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]',
      'EXTENSION\tName: quiet\tState: Ready\tEvents: []',
      'EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]',
    ]);
    assert.deepEqual(stage.lines('TELEMETRY'), [
      'TELEMETRY\tName: agent\tState: Subscribed\tTypes: [Platform, Function]',
    ]);
    assert.deepEqual(
      stage.log.values.find(({ text }) => text === 'agent is up'),
      { source: 'extension', extension: 'agent', text: 'agent is up' },
    );
    (await stage.started('agent')).exit({ code: 0, signal: null });
  });

  it('refuses telemetry after init, to strangers, and to what is no subscription', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: [] });
    assert.ok(agent);
    const stranger = new HandExtension(stage.url, '00000000-0000-4000-8000-000000000000');
    const refused = await stranger.subscribe(9);
    assert.deepEqual(
      [refused.status, refused.body],
      [
        403,
        `{"errorMessage":"Unknown extension ${stranger.id}","errorType":"Extension.UnknownExtensionIdentifier"}\n`,
      ],
    );
    const wrong = await agent.subscribe(9, ['everything']);
    assert.deepEqual(
      [wrong.status, (JSON.parse(wrong.body) as { errorType: string }).errorType],
      [400, 'ValidationError'],
    );
    agent.park();
    stage.runtime.park();
    await stage.emulator.whenReady();
    const late = await agent.subscribe(9);
    assert.deepEqual(
      [late.status, late.body],
      [
        403,
        '{"errorMessage":"Telemetry API subscription is closed","errorType":"Telemetry.SubscriptionClosed"}\n',
      ],
    );
  });
});
