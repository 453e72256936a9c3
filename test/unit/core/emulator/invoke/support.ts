import { LambdaClient } from '@aws-sdk/client-lambda';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { silentLogger, type Logger } from '../../../../../src/core/base/logger.ts';
import { functionSettings } from '../../../../../src/core/emulator/functionSettings.ts';
import { LoopbackServer } from '../../../../../src/core/emulator/http/loopbackServer.ts';
import { Invocation, type Answer, type InvokeRequest } from '../../../../../src/core/emulator/invocation.ts';
import { eventPayload, type InvocationType } from '../../../../../src/core/emulator/invoke/eventPayload.ts';
import {
  InvokeApi,
  type EventStreamLoader,
  type InvocationSink,
} from '../../../../../src/core/emulator/invoke/invokeApi.ts';
import type { InvokeError } from '../../../../../src/core/emulator/invoke/invokeError.ts';
import type { ResponseSink } from '../../../../../src/core/emulator/invoke/responseSink.ts';

/** Frames events with the codec of AWS's own SDK. */
export const awsEventStream: EventStreamLoader = () =>
  Promise.resolve(
    new EventStreamCodec(
      (bytes) => Buffer.from(bytes).toString('utf8'),
      (text) => Buffer.from(text, 'utf8'),
    ),
  );

/** Hands submitted invocations to the test, which answers them as the runtime would. */
export class HandSink implements InvocationSink {
  /** Thrown for every invocation while it is set. */
  refusal: InvokeError | undefined;
  readonly #submitted: Invocation[] = [];
  #waiting: (() => void) | undefined;

  create(request: InvokeRequest, type: InvocationType): Invocation {
    if (this.refusal !== undefined) throw this.refusal;
    const payload = eventPayload(request.payload, type);
    return new Invocation({ request, payload, traceHeader: request.traceHeader ?? 'Root=1' });
  }

  submit(invocation: Invocation): void {
    this.#submitted.push(invocation);
    this.#waiting?.();
  }

  /** How many have not been taken. */
  get pending(): number {
    return this.#submitted.length;
  }

  async next(): Promise<Invocation> {
    const found = this.#submitted.shift();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.next();
  }
}

/** The sink of an invocation whose response is streamed. */
export function sinkOf(invocation: Invocation): ResponseSink {
  const { sink } = invocation.request;
  if (sink === undefined) throw new Error('the invoker wants no stream');
  return sink;
}

/** The runtime's answer, after which the invocation is over. */
export function answer(invocation: Invocation, given: Partial<Omit<Answer, 'payload'>>, payload = ''): void {
  const whole: Answer = { status: 'success', ...given, payload: Buffer.from(payload) };
  invocation.answer(whole);
  const { requestId } = invocation;
  const figures = { durationMs: 1, billedMs: 1, maxMemoryMb: 1 };
  invocation.completed.resolve({ ...whole, ...figures, requestId, logTail: 'REPORT ü\n' });
}

/** Invoke APIs of one test file. */
export class InvokeApis {
  readonly #servers: LoopbackServer[] = [];
  readonly #clients: LambdaClient[] = [];

  async start(
    eventStream: EventStreamLoader | undefined = awsEventStream,
    logger: Logger = silentLogger,
  ): Promise<{ url: string; sink: HandSink; client: LambdaClient }> {
    const sink = new HandSink();
    const settings = functionSettings({ functionName: 'web' });
    const server = new LoopbackServer(new InvokeApi(settings, sink, logger, eventStream), logger);
    this.#servers.push(server);
    const url = `http://127.0.0.1:${await server.listen(0)}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new LambdaClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
    this.#clients.push(client);
    return { url, sink, client };
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.destroy();
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
  }
}

/** One HTTP exchange without a pool; the body is bytes. */
export async function fetchBytes(
  url: string,
  options: RequestInit = {},
): Promise<{ status: number; headers: Headers; body: Buffer }> {
  const response = await fetch(url, { redirect: 'manual', ...options });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}
