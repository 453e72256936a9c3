import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../../../../src/core/base/errors.ts';
import type { EnvironmentLauncher } from '../../../../src/core/emulator/environmentLauncher.ts';
import type { LogLine } from '../../../../src/core/emulator/log/executionLog.ts';
import { PausableClock } from '../../../../src/core/emulator/clock.ts';
import { payloadText } from '../../../../src/core/emulator/invocation.ts';
import {
  AttachedRuntime,
  call,
  Emulators,
  forever,
  nodeRuntime,
  programRuntime,
  Recorder,
  requestIdOf,
} from './support.ts';
import { HandTime } from './handTime.ts';

const curl = `
  base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
  next() { id=$(curl -sS -D - -o /dev/null "$base/invocation/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi'); }
`;

/** A runtime in bash, as custom runtimes often are. */
function bashRuntime(script: string): EnvironmentLauncher {
  return programRuntime('bash', '-c', curl + script);
}

/** Launches one program after the other. */
function sequence(...launchers: EnvironmentLauncher[]): EnvironmentLauncher {
  const left = [...launchers];
  return {
    prepare: (signal) => {
      const [next] = left.splice(0, 1);
      return next === undefined ? Promise.reject(new Error('launched too often')) : next.prepare(signal);
    },
  };
}

function textOf(lines: readonly LogLine[], start: string): string[] {
  return lines.map(({ text }) => text).filter((text) => text.startsWith(start));
}

describe('the life of an execution environment', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  it('starts at the first invocation and serves the following ones warm', async () => {
    const { emulator } = await emulators.start(nodeRuntime('console.log("at", event); return process.pid;'));
    const log = new Recorder<LogLine>(emulator.onLog);
    const first = await emulator.invoke({ payload: '1' });
    const second = await emulator.invoke({ payload: '2' });
    assert.equal(payloadText(first), payloadText(second));
    assert.ok((first.initMs ?? 0) > 0);
    assert.equal(second.initMs, undefined);
    assert.equal(second.billedMs, Math.ceil(second.durationMs));
    const id = second.requestId;
    const figures = `Duration: ${second.durationMs.toFixed(2)} ms\tBilled Duration: ${second.billedMs} ms`;
    assert.equal(
      second.logTail,
      `START RequestId: ${id} Version: $LATEST\nat 2\nEND RequestId: ${id}\n` +
        `REPORT RequestId: ${id}\t${figures}\tMemory Size: 128 MB\tMax Memory Used: 0 MB\t\n`,
    );
    assert.match(first.logTail, /\tInit Duration: \d+\.\d\d ms\t\n$/);
    assert.equal(textOf(log.values, 'INIT_START Runtime Version: provided:al2023\t').length, 1);
    assert.equal(textOf(log.values, 'INIT_REPORT').length, 0);
    assert.deepEqual(
      log.values.find(({ text }) => text === 'at 2'),
      {
        source: 'function',
        requestId: id,
        text: 'at 2',
      },
    );
  });

  it('may be started ahead of the first invocation', async () => {
    const { emulator } = await emulators.start(nodeRuntime('return 1;', 'console.log("init");'));
    const log = new Recorder<LogLine>(emulator.onLog);
    emulator.prewarm();
    await emulator.whenReady();
    emulator.prewarm();
    await log.until(({ text }) => text === 'init');
    const result = await emulator.invoke({ payload: '{}' });
    assert.ok((result.initMs ?? 0) > 0);
    assert.equal(textOf(log.values, 'INIT_START').length, 1);
    assert.ok(!result.logTail.includes('init'));
  });

  it('reports the peak memory in whole mebibytes', async () => {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    const result = emulator.invoke({ payload: '{}' });
    const next = await call(`${runtime}/invocation/next`);
    await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST' });
    call(`${runtime}/invocation/next`).catch(() => undefined);
    assert.equal((await result).maxMemoryMb, 33);
  });

  for (const { how, script, text } of [
    { how: 'a non-zero exit', script: 'exit 3', text: 'Runtime exited with error: exit status 3' },
    { how: 'a silent exit', script: 'exit 0', text: 'Runtime exited without providing a reason' },
    {
      how: 'a signal',
      script: 'kill -SEGV $$',
      text: 'Runtime exited with error: signal: segmentation fault',
    },
  ]) {
    it(`answers the invocation during which the runtime ends by ${how}, and starts afresh for the next`, async () => {
      const good = bashRuntime('while next; do curl -sS "$base/invocation/$id/response" -d fine; done');
      const { emulator } = await emulators.start(sequence(bashRuntime(`next; ${script}`), good));
      const crashed = await emulator.invoke({ payload: '{}' });
      assert.equal(crashed.status, 'crash');
      assert.equal(
        payloadText(crashed),
        `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${crashed.requestId} Error: ${text}"}`,
      );
      assert.match(crashed.logTail, /\tStatus: error\tError Type: Runtime\.ExitError\n$/);
      const next = await emulator.invoke({ payload: '{}' });
      assert.equal(payloadText(next), 'fine');
      assert.ok((next.initMs ?? 0) > 0);
    });
  }

  it('lets a response stand when the runtime ends before it asks for more, and starts afresh for the next', async () => {
    const oneShot = bashRuntime('next; curl -sS "$base/invocation/$id/response" -d "$$" -o /dev/null');
    const { emulator } = await emulators.start(oneShot);
    const results = await Promise.all([
      emulator.invoke({ payload: '{}' }),
      emulator.invoke({ payload: '{}' }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['success', 'success'],
    );
    assert.notEqual(payloadText(results[0]), payloadText(results[1]));
  });

  it('takes a response that the runtime sent with its last breath', async () => {
    const { emulator } = await emulators.start(
      bashRuntime(`
        next
        exec 3<>"/dev/tcp/\${AWS_LAMBDA_RUNTIME_API/://}"
        printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 4\\r\\n\\r\\nlast' "$id" >&3
        kill -KILL $$`),
    );
    assert.equal(payloadText(await emulator.invoke({ payload: '{}' })), 'last');
  });

  it('starts afresh when the runtime died between two invocations', async () => {
    const attached = new AttachedRuntime();
    const { emulator, runtime } = await emulators.start(attached);
    emulator.prewarm();
    const parked = call(`${runtime}/invocation/next`);
    await emulator.whenReady();
    attached.launches[0]?.exit({ code: 1, signal: null });
    await assert.rejects(parked); // its connection was broken
    const result = emulator.invoke({ payload: '{}' });
    const next = await call(`${runtime}/invocation/next`);
    await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST', body: 'x' });
    call(`${runtime}/invocation/next`).catch(() => undefined);
    assert.equal((await result).status, 'success');
    assert.equal(attached.launches.length, 2);
  });

  it('ends an invocation, and the runtime, at the timeout', async () => {
    const settings = { timeoutMs: 1000 };
    const { emulator } = await emulators.start(
      nodeRuntime(`console.log("hanging"); return event === 1 ? ${forever} : process.pid;`),
      settings,
    );
    const late = await emulator.invoke({ payload: '1' });
    assert.equal(late.status, 'timeout');
    assert.equal(late.functionError, 'Unhandled');
    assert.equal(
      payloadText(late),
      `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ${late.requestId} Error: Task timed out after 1.00 seconds"}`,
    );
    assert.equal(late.durationMs, 1000, 'not until it was noticed');
    assert.match(late.logTail, /\nhanging\nEND .*\nREPORT .*\tStatus: timeout\n$/s);
    const next = await emulator.invoke({ payload: '2' });
    assert.ok((next.initMs ?? 0) > 0, 'a new environment was started');
  });

  it('does not count the time a debugger held the runtime', async () => {
    const time = new HandTime();
    const options = { clock: new PausableClock(time) };
    const { emulator, runtime } = await emulators.start(new AttachedRuntime(), {}, options);
    const log = new Recorder<LogLine>(emulator.onLog);
    const result = emulator.invoke({ payload: '{}' });
    await log.until(({ text }) => text.startsWith('INIT_START'));
    emulator.clock.pause();
    time.pass(3_600_000);
    emulator.clock.resume();
    time.pass(40); // and init goes on
    const next = await call(`${runtime}/invocation/next`);
    const deadlineMs = Number(next.headers['lambda-runtime-deadline-ms']);
    assert.equal(deadlineMs, time.epochMs() + 3000);
    time.pass(2000);
    emulator.clock.pause();
    time.pass(3_600_000);
    emulator.clock.resume();
    time.pass(999.5);
    await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST', body: '1' });
    call(`${runtime}/invocation/next`).catch(() => undefined);
    const { status, durationMs, billedMs, initMs, pausedMs } = await result;
    assert.deepEqual(
      { status, durationMs, billedMs, initMs, pausedMs },
      { status: 'success', durationMs: 2999.5, billedMs: 3040, initMs: 40, pausedMs: 3_600_000 },
    );
  });

  it('tells a later deadline than its own where a debugger may stop the runtime, and still ends in time', async () => {
    const time = new HandTime();
    const options = { clock: new PausableClock(time), deadlineAllowanceMs: () => 900_000 };
    const { emulator, runtime } = await emulators.start(new AttachedRuntime(), {}, options);
    const result = emulator.invoke({ payload: '{}' });
    const next = await call(`${runtime}/invocation/next`);
    assert.equal(Number(next.headers['lambda-runtime-deadline-ms']), time.epochMs() + 903_000);
    time.pass(3000);
    const { status, pausedMs } = await result;
    assert.deepEqual([status, pausedMs], ['timeout', undefined]);
  });

  it('times out after a pause when the time that was left is used up', async () => {
    const time = new HandTime();
    const options = { clock: new PausableClock(time) };
    const { emulator, runtime } = await emulators.start(new AttachedRuntime(), {}, options);
    const result = emulator.invoke({ payload: '{}' });
    const next = await call(`${runtime}/invocation/next`);
    time.pass(2000);
    emulator.clock.pause();
    time.pass(3_600_000);
    emulator.clock.resume();
    time.pass(1000);
    assert.equal((await result).status, 'timeout');
    const late = await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST' });
    assert.equal(late.status, 400);
  });

  const importError = '{"errorMessage":"no module","errorType":"ImportError"}';
  const importing = bashRuntime(
    `curl -sS "$base/init/error" -H 'Lambda-Runtime-Function-Error-Type: Runtime.ImportError' -d '${importError}'; exit 1`,
  );

  it('answers the invocation that waits for init with the error it reported, and starts afresh for the next', async () => {
    const { emulator } = await emulators.start(sequence(importing, nodeRuntime('return 1;')));
    const log = new Recorder<LogLine>(emulator.onLog);
    const first = await emulator.invoke({ payload: '{}' });
    assert.equal(payloadText(first), importError);
    assert.equal(first.errorType, 'Runtime.ImportError');
    assert.equal(first.initMs, undefined);
    assert.match(
      textOf(log.values, 'INIT_REPORT')[0] ?? '',
      /^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: error\tError Type: Runtime\.ImportError$/,
    );
    assert.equal(payloadText(await emulator.invoke({ payload: '{}' })), '1');
    await emulator.whenReady();
  });

  for (const { what, then, payload } of [
    { what: 'is there then', then: nodeRuntime('return 1;'), payload: '1' },
    { what: 'fails again', then: importing, payload: importError },
  ]) {
    it(`repeats an init that had failed before the first invocation, which gets what ${what}`, async () => {
      const { emulator } = await emulators.start(sequence(importing, then));
      const log = new Recorder<LogLine>(emulator.onLog);
      emulator.prewarm();
      await assert.rejects(emulator.whenReady(), (error) => error instanceof UserError);
      assert.equal(payloadText(await emulator.invoke({ payload: '{}' })), payload);
      const phases = textOf(log.values, 'INIT_REPORT').map((line) => /Phase: (\w+)/.exec(line)?.[1]);
      assert.deepEqual(phases, payload === '1' ? ['init'] : ['init', 'invoke']);
    });
  }

  it('takes another runtime of the user when one has reported that its init failed', async () => {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime(), {}, { keepReady: true });
    const report = () => call(`${runtime}/init/error`, { method: 'POST', body: importError });
    emulator.prewarm();
    const starts = new Recorder(emulator.onTelemetry);
    const started = (count: number) =>
      starts.until(() => starts.values.filter(({ type }) => type === 'platform.initStart').length >= count);
    assert.equal((await report()).status, 202);
    await started(2);
    const waiting = emulator.invoke({ payload: '"one"' });
    assert.equal((await report()).status, 202);
    assert.equal(payloadText(await waiting), importError, 'the one that waits is told');
    await started(3);
    const answered = emulator.invoke({ payload: '"two"' });
    const event = await call(`${runtime}/invocation/next`);
    assert.equal(event.body, '"two"');
    const id = String(event.headers['lambda-runtime-aws-request-id']);
    await call(`${runtime}/invocation/${id}/response`, { method: 'POST', body: '2' });
    void call(`${runtime}/invocation/next`).catch(() => undefined);
    assert.equal(payloadText(await answered), '2');
  });

  it('answers the first invocation when the runtime ends during init', async () => {
    const { emulator } = await emulators.start(bashRuntime('echo oops >&2; exit 7'));
    const result = await emulator.invoke({ payload: '{}' });
    assert.equal(result.status, 'crash');
    assert.match(payloadText(result), /Runtime exited with error: exit status 7"}$/);
  });

  it('answers Runtime.InvalidEntrypoint when bootstrap cannot be started', async () => {
    const { emulator } = await emulators.start(programRuntime('/nowhere/bootstrap'));
    const result = await emulator.invoke({ payload: '{}' });
    assert.equal(result.errorType, 'Runtime.InvalidEntrypoint');
    assert.match(
      payloadText(result),
      /^\{"errorType":"Runtime\.InvalidEntrypoint","errorMessage":"RequestId: .* Error: spawn \/nowhere\/bootstrap ENOENT"\}$/,
    );
    await assert.rejects(emulator.whenReady());
  });

  it('hands the error of the launcher itself to whoever waits for the runtime', async () => {
    const problem = new UserError('BootstrapMissing', 'There is no bootstrap.');
    const { emulator } = await emulators.start({ prepare: () => Promise.reject(problem) });
    emulator.prewarm();
    await assert.rejects(emulator.whenReady(), problem);
  });

  it('repeats an init that took too long within the timeout of the first invocation', async () => {
    const hanging = programRuntime('sleep', '1000');
    const settings = { initTimeoutMs: 100, timeoutMs: 15_000 };
    const { emulator } = await emulators.start(sequence(hanging, nodeRuntime('return 1;')), settings);
    const log = new Recorder<LogLine>(emulator.onLog);
    emulator.prewarm();
    await log.until(({ text }) => text.startsWith('INIT_REPORT'));
    const result = await emulator.invoke({ payload: '{}' });
    assert.equal(payloadText(result), '1');
    assert.equal(result.initMs, undefined, 'the repeated init is part of the duration');
    assert.match(textOf(log.values, 'INIT_REPORT')[0] ?? '', /\tPhase: init\tStatus: timeout$/);
    assert.match(result.logTail, /^START .*\nINIT_START .*\nEND /);
  });

  it('times out when the repeated init takes too long as well', async () => {
    const settings = { initTimeoutMs: 50, timeoutMs: 100 };
    const { emulator } = await emulators.start(programRuntime('sleep', '1000'), settings);
    const result = await emulator.invoke({ payload: '{}' });
    assert.equal(result.status, 'timeout');
    assert.match(result.logTail, /\nINIT_REPORT .*\tPhase: invoke\tStatus: timeout\nEND /);
  });

  it('answers with an error that init reported although the runtime does not end', async () => {
    const time = new HandTime();
    const options = { clock: new PausableClock(time) };
    const { emulator, runtime } = await emulators.start(new AttachedRuntime(), {}, options);
    const result = emulator.invoke({ payload: '{}' });
    await call(`${runtime}/init/error`, { method: 'POST', body: '"broken"' });
    time.pass(10_000);
    assert.equal(payloadText(await result), '"broken"');
    assert.equal((await result).errorType, 'Runtime.Unknown');
  });

  it('tells a launcher that is still at work to give up', async () => {
    const slow: EnvironmentLauncher = {
      prepare: async (signal) => {
        await once(signal, 'abort');
        throw new Error('given up');
      },
    };
    const { emulator } = await emulators.start(slow, { initTimeoutMs: 50, timeoutMs: 50 });
    assert.equal((await emulator.invoke({ payload: '{}' })).status, 'timeout');
  });

  it('gives events out one by one in the order of their invocations', async () => {
    const { emulator } = await emulators.start(
      nodeRuntime('globalThis.seen = (globalThis.seen ?? 0) + 1; return [event, seen];'),
    );
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const results = await Promise.all(numbers.map((n) => emulator.invoke({ payload: String(n) })));
    assert.deepEqual(
      results.map((result) => JSON.parse(payloadText(result)) as unknown),
      numbers.map((n) => [n, n + 1]),
    );
  });

  it('fails what is pending when it stops, ends the processes, and stops only once', async () => {
    const { emulator, invokeUrl } = await emulators.start(
      nodeRuntime(`console.log("pid", process.pid); return ${forever};`),
    );
    const log = new Recorder<LogLine>(emulator.onLog);
    const running = emulator.invoke({ payload: '{}' });
    const queued = call(`${invokeUrl}/2015-03-31/functions/thumbnails/invocations`, { method: 'POST' });
    const { text } = await log.until((line) => line.text.startsWith('pid'));
    const stopping = emulator.stop();
    assert.equal(emulator.stop(), stopping);
    await assert.rejects(running, (error) => error instanceof UserError && error.code === 'NoSession');
    const reply = await queued;
    assert.deepEqual([reply.status, reply.headers['x-amzn-errortype']], [500, 'ServiceException']);
    await stopping;
    assert.throws(() => process.kill(Number(text.split(' ')[1]), 0), { code: 'ESRCH' });
    await assert.rejects(call(invokeUrl), { code: 'ECONNREFUSED' });
    await assert.rejects(emulator.invoke({ payload: '{}' }), { code: 'NoSession' });
    await assert.rejects(emulator.whenReady(), { code: 'NoSession' });
  });

  it('does not begin an invocation whose init was under way when it stops', async () => {
    const { emulator } = await emulators.start(new AttachedRuntime());
    const records = new Recorder(emulator.onInvocation);
    const pending = emulator.invoke({ payload: '{}' });
    await emulator.stop();
    await assert.rejects(pending, { code: 'NoSession' });
    assert.deepEqual(
      records.values.map(({ state }) => state),
      ['queued', 'dropped'],
    );
  });

  it('launches nothing when it stops before it could', async () => {
    const attached = new AttachedRuntime();
    const { emulator } = await emulators.start(attached);
    emulator.prewarm();
    await emulator.stop();
    assert.equal(attached.launches.length, 0);
  });

  it('leaves nothing behind that keeps a program running', async () => {
    const program = `
      import { Emulators, nodeRuntime } from ${JSON.stringify(new URL('support.ts', import.meta.url).href)};
      const emulators = new Emulators();
      const { emulator } = await emulators.start(nodeRuntime('return 1;'));
      await emulator.invoke({ payload: '{}' });
      await emulators.stop();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
