import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  type InvokeCommandInput,
  type InvokeWithResponseStreamCommandInput,
} from '@aws-sdk/client-lambda';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'mocha';
import { loadEventStream } from '../../../src/aws/eventStream.ts';
import { silentLogger } from '../../../src/core/base/logger.ts';
import { noDebuggers } from '../../../src/core/debug/debuggers/editorDebuggers.ts';
import { FunctionRun } from '../../../src/core/debug/functionRun.ts';
import { readLaunchConfiguration } from '../../../src/core/debug/launchConfiguration.ts';
import { LayerStore } from '../../../src/core/opt/layerStack.ts';
import { LayerCache } from '../../../src/core/run/layerCache.ts';
import { processesNaming } from '../../support/processes.ts';
import { MeetingPoint } from './meetingPoint.ts';
import { StreamedReply } from './streamedReply.ts';

/** The name of every function of these tests. */
export const functionName = 'conformance';

/** A function as a launch configuration describes it. */
export interface ConformanceOptions {
  /** The folder for `/var/task`. */
  readonly code: string;
  /** Folders for `/opt`, in order. */
  readonly layers?: readonly string[];
  readonly handler?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout?: number;
  /** What may pass the meeting point without waiting there. */
  readonly letThrough?: readonly string[];
}

/** What the invoker is answered. */
export interface Reply {
  readonly requestId: string | undefined;
  readonly functionError: string | undefined;
  readonly text: string;
  /** The last lines of the log. */
  readonly log: string;
}

/** Who called, and with what, besides the event. */
export type Call = Omit<InvokeCommandInput, 'FunctionName' | 'Payload'> & {
  /** The header `X-Amzn-Trace-Id`. */
  readonly traceHeader?: string;
};

/** A function in an execution environment as the product makes it, invoked by AWS's own SDK. */
export class ConformanceFunction {
  readonly client: LambdaClient;
  readonly meeting: MeetingPoint;
  /** Every line of the log so far. */
  readonly log: string[] = [];
  readonly #run: FunctionRun;
  readonly #folder: string;

  private constructor(run: FunctionRun, meeting: MeetingPoint, folder: string) {
    this.#run = run;
    this.#folder = folder;
    this.meeting = meeting;
    run.onLog(({ text }) => this.log.push(text));
    this.client = new LambdaClient({
      endpoint: run.addresses.invokeUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
      maxAttempts: 1,
    });
    run.begin();
  }

  static async open(options: ConformanceOptions): Promise<ConformanceFunction> {
    const { layers = [], handler = 'app.handler', timeout = 60, env = {}, letThrough = [] } = options;
    const folder = mkdtempSync(join(tmpdir(), 'lambda-layers-conformance-'));
    const meeting = await MeetingPoint.open(letThrough);
    const configuration = readLaunchConfiguration({
      ...{ functionName, code: options.code, layers, handler, timeout, initTimeout: 60, memorySize: 512 },
      ...{ isolation: 'namespace', debugger: 'none' },
      env: { MEETING_POINT: meeting.address, NODE_PROGRAM: process.execPath, ...env },
    });
    const opening = FunctionRun.open(
      configuration,
      { code: options.code, layers, envFile: undefined },
      {
        store: new LayerStore(),
        cache: new LayerCache(join(folder, 'cache')),
        temporaryParent: folder,
        logger: silentLogger,
        eventStream: loadEventStream,
      },
      { editor: noDebuggers, notice: () => undefined, problem: () => undefined },
    );
    const run = await opening.catch(async (error: unknown) => {
      await meeting.close();
      rmSync(folder, { recursive: true });
      throw error;
    });
    return new ConformanceFunction(run, meeting, folder);
  }

  /** Invokes and waits for the answer. */
  async invoke(event: unknown, { traceHeader, ...call }: Call = {}): Promise<Reply> {
    const command = new InvokeCommand({
      FunctionName: functionName,
      Payload: Buffer.from(JSON.stringify(event)),
      LogType: 'Tail',
      ...call,
    });
    if (traceHeader !== undefined) addTraceHeader(command, traceHeader);
    const reply = await this.client.send(command);
    return {
      requestId: reply.$metadata.requestId,
      functionError: reply.FunctionError,
      text: Buffer.from(reply.Payload ?? []).toString('utf8'),
      log: Buffer.from(reply.LogResult ?? '', 'base64').toString('utf8'),
    };
  }

  /** Invokes, expects success, and gives the answer's JSON. */
  async ask(event: unknown, call: Call = {}): Promise<unknown> {
    const { text, functionError, log } = await this.invoke(event, call);
    assert.equal(functionError, undefined, `${text.slice(0, 500)}\n${log}`);
    return JSON.parse(text) as unknown;
  }

  /** Invokes, expects a function error, and gives the error object. */
  async fail(event: unknown): Promise<{ errorType?: string; errorMessage: string }> {
    const { text, functionError, log } = await this.invoke(event);
    assert.equal(functionError, 'Unhandled', `${text.slice(0, 500)}\n${log}`);
    return JSON.parse(text) as { errorType?: string; errorMessage: string };
  }

  /** Tells the function's process from those before and after it. */
  async born(): Promise<string> {
    const { born } = (await this.ask({ action: 'context' })) as { born: string };
    return born;
  }

  /** How often an execution environment was started so far. */
  starts(): number {
    return this.log.filter((line) => line.startsWith('INIT_START')).length;
  }

  /** Invokes with a streamed response. */
  async stream(
    event: unknown,
    input: Partial<InvokeWithResponseStreamCommandInput> = {},
  ): Promise<StreamedReply> {
    const command = new InvokeWithResponseStreamCommand({
      FunctionName: functionName,
      Payload: Buffer.from(JSON.stringify(event)),
      ...input,
    });
    const { EventStream } = await this.client.send(command);
    assert.ok(EventStream, 'the response has an event stream');
    return new StreamedReply(EventStream);
  }

  /** Where it can be invoked. */
  get invokeUrl(): string {
    return this.#run.addresses.invokeUrl;
  }

  /** Ends the environment as closing a debug session does; what runs then is told with `SPINDOWN`. */
  stop(): Promise<void> {
    return this.#run.stop();
  }

  /** Ends everything and checks that nothing stays behind. */
  async dispose(): Promise<void> {
    await this.stop();
    this.client.destroy();
    await this.meeting.close();
    const left = processesNaming(this.meeting.address);
    rmSync(this.#folder, { recursive: true, force: true });
    assert.deepEqual(left, [], 'all processes of the function have ended');
  }
}

/** Opens functions for the tests of the surrounding `describe`; all are ended after each test. */
export function useConformanceFunctions(): (options: ConformanceOptions) => Promise<ConformanceFunction> {
  const open: ConformanceFunction[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.dispose();
  });
  return async (options) => {
    const opened = await ConformanceFunction.open(options);
    open.push(opened);
    return opened;
  };
}

function addTraceHeader(command: InvokeCommand, traceHeader: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { readonly headers: Record<string, string> };
      request.headers['X-Amzn-Trace-Id'] = traceHeader;
      return next(args);
    },
    { step: 'build' },
  );
}
