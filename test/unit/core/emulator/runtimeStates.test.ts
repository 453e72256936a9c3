import assert from 'node:assert/strict';
import { request } from 'node:http';
import { once } from 'node:events';
import type { Emulator } from '../../../../src/core/emulator/emulator.ts';
import { connectionsGone, openConnections } from './rawClient.ts';
import { AttachedRuntime, call, Emulators, Recorder, requestIdOf, rootOf, type Reply } from './support.ts';

/** An emulator brought into one state of its runtime, and the id of the invocation in hand. */
interface Situation {
  readonly runtime: string;
  readonly requestId: string;
}

type Ask =
  | 'next'
  | 'response'
  | 'error'
  | 'init/error'
  | 'response to another id'
  | 'error of another id'
  | 'restore/next'
  | 'restore/error'
  | 'credentials';

const unknownId = '00000000-0000-4000-8000-000000000000';

/**
 * The Runtime Interface Emulator's answers; `parks` means that the call waits. Where it matters there is a row for a
 * runtime without an event and one for a runtime whose event is there, or has lost its way.
 * The endpoints of SnapStart, which custom runtimes do not have, are unknown in every state.
 */
const expected: Readonly<Record<string, Readonly<Record<Ask, number | 'parks'>>>> = {
  Started: row(200, 403, 403, 202),
  'Started, no event': row('parks', 400, 400, 202),
  InitError: row(403, 403, 403, 403),
  Ready: row('parks', 400, 400, 403),
  'Ready, event under way': row(200, 403, 403, 403),
  Running: row(200, 202, 202, 403),
  InvocationResponse: row(403, 403, 403, 403),
  InvocationErrorResponse: row(403, 403, 403, 403),
  RuntimeResponseSentState: row('parks', 400, 400, 403),
};

const targets: Readonly<Record<string, string>> = {
  next: 'Ready',
  response: 'InvocationResponse',
  error: 'InvocationErrorResponse',
  'init/error': 'InitError',
};

function row(
  next: number | 'parks',
  response: number,
  error: number,
  initError: number,
): Record<Ask, number | 'parks'> {
  return {
    next,
    response,
    error,
    'init/error': initError,
    'response to another id': 400,
    'error of another id': 400,
    'restore/next': 404,
    'restore/error': 404,
    credentials: 404,
  };
}

describe('the Runtime API in each state', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  for (const [state, row] of Object.entries(expected)) {
    for (const [ask, status] of Object.entries(row)) {
      it(`in ${state} answers ${ask} with ${status}`, async () => {
        const situation = await reach(state);
        const reply = await outcome(situation, ask);
        assert.equal(reply === 'parks' ? reply : reply.status, status);
        if (reply !== 'parks') assertBody(reply, state, ask);
      });
    }
  }

  function assertBody({ status, headers, body }: Reply, state: string, ask: string): void {
    if (status === 200) return;
    const type = status === 404 ? 'text/plain; charset=utf-8' : 'application/json';
    assert.equal(headers['content-type'], type);
    const transition = `State transition from ${state.split(',', 1)[0] ?? ''} to ${targets[ask] ?? ''} failed for runtime. Error: State transition is not allowed`;
    const bodies: Readonly<Record<number, string>> = {
      202: '{"status":"OK"}\n',
      400: '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n',
      403: `{"errorMessage":"${transition}","errorType":"InvalidStateTransition"}\n`,
      404: '404 page not found\n',
    };
    assert.equal(body, bodies[status]);
  }

  async function reach(state: string): Promise<Situation> {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    if (state === 'Ready') {
      emulator.prewarm();
      void call(`${runtime}/invocation/next`).catch(() => undefined);
      await emulator.whenReady();
      return { runtime, requestId: unknownId };
    }
    if (state === 'Started, no event') {
      emulator.prewarm();
      return { runtime, requestId: unknownId };
    }
    if (state === 'Ready, event under way') return hangUp(emulator, runtime);
    const requestId = await invoked(emulator);
    if (state === 'Started') return { runtime, requestId };
    if (state === 'InitError') {
      await call(`${runtime}/init/error`, { method: 'POST', body: '{}' });
      return { runtime, requestId };
    }
    assert.equal(requestIdOf(await call(`${runtime}/invocation/next`)), requestId);
    const url = `${runtime}/invocation/${requestId}/response`;
    if (state === 'RuntimeResponseSentState') await call(url, { method: 'POST', body: '1' });
    if (state === 'InvocationResponse') await beginBody(url);
    if (state === 'InvocationErrorResponse') await beginBody(url.replace(/response$/, 'error'));
    return { runtime, requestId };
  }

  /** A runtime that was ready hangs up before an event is there. */
  async function hangUp(emulator: Emulator, runtime: string): Promise<Situation> {
    emulator.prewarm();
    const abort = new AbortController();
    const before = openConnections();
    const parked = call(`${runtime}/invocation/next`, { signal: abort.signal });
    await emulator.whenReady();
    abort.abort();
    await assert.rejects(parked);
    await connectionsGone(before);
    return { runtime, requestId: await invoked(emulator) };
  }

  /** Invokes, and returns the request id. The call itself is dropped when the emulator stops. */
  async function invoked(emulator: Emulator): Promise<string> {
    const records = new Recorder(emulator.onInvocation);
    emulator.invoke({ payload: '{}' }).catch(() => undefined);
    return (await records.until(({ state }) => state === 'queued')).requestId;
  }

  /** Sends the head of a request whose body is still to come, and waits until the server has seen it. */
  async function beginBody(url: string): Promise<void> {
    const headers = { Expect: '100-continue', 'Content-Length': 100 };
    const outgoing = request(url, { method: 'POST', headers, agent: false });
    outgoing.on('error', () => undefined);
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
  }

  function outcome({ runtime, requestId }: Situation, ask: string): Promise<Reply | 'parks'> {
    const post = { method: 'POST', body: '{}' };
    switch (ask) {
      case 'next':
        return parksOrAnswers(runtime);
      case 'response':
      case 'error':
        return call(`${runtime}/invocation/${requestId}/${ask}`, post);
      case 'init/error':
        return call(`${runtime}/init/error`, post);
      case 'response to another id':
        return call(`${runtime}/invocation/${unknownId}x/response`, post);
      case 'error of another id':
        return call(`${runtime}/invocation/${unknownId}x/error`, post);
      case 'restore/next':
        return call(`${runtime}/restore/next`);
      case 'restore/error':
        return call(`${runtime}/restore/error`, post);
      default:
        return call(`${rootOf(runtime)}/2021-04-23/credentials`);
    }
  }

  /** A call that waits does so while another one, sent after it on a connection of its own, is answered. */
  async function parksOrAnswers(runtime: string): Promise<Reply | 'parks'> {
    const abort = new AbortController();
    let reply: Reply | 'parks' = 'parks';
    const asked = call(`${runtime}/invocation/next`, { signal: abort.signal }).then(
      (value) => (reply = value),
      () => undefined,
    );
    for (let probes = 0; probes < 5; probes += 1) await call(runtime.replace('/runtime', '/ping'));
    abort.abort();
    await asked;
    return reply;
  }
});
