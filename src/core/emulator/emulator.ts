import { randomBytes } from 'node:crypto';
import { UserError } from '../base/errors.ts';
import type { Event } from '../base/emitter.ts';
import { parseObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import { PausableClock } from './clock.ts';
import type { EnvironmentLauncher } from './environmentLauncher.ts';
import { eventPayload, type InvocationType } from './invoke/eventPayload.ts';
import { ExecutionLog, type InvocationTelemetry, type LogLine } from './log/executionLog.ts';
import type { FunctionSettings } from './functionSettings.ts';
import { Invocation, type InvocationRecord, type InvokeRequest, type InvokeResult } from './invocation.ts';
import { InvocationRunner, stoppedError } from './invocationRunner.ts';
import { InvokeApi, type EventStreamLoader, type InvocationSink } from './invoke/invokeApi.ts';
import { InvokeError } from './invoke/invokeError.ts';
import { checkedTenantId } from './invoke/invokeHeaders.ts';
import { LoopbackServer } from './http/loopbackServer.ts';
import { nextTurn } from './nextTurn.ts';
import { EnvironmentApis } from './runtime/environmentApis.ts';
import { traceHeader } from './runtime/traceHeader.ts';

/** What an emulator is made of. */
export interface EmulatorOptions {
  readonly settings: FunctionSettings;
  readonly environment: EnvironmentLauncher;
  readonly logger: Logger;
  /** Ports on 127.0.0.1; any free one when 0 or absent. */
  readonly ports?: { readonly runtimeApi?: number; readonly invoke?: number };
  /** Whether a new environment follows one that ended at once, for a runtime that the user starts. */
  readonly keepReady?: boolean;
  /** Encodes `InvokeWithResponseStream`; that operation is not served without. */
  readonly eventStream?: EventStreamLoader | undefined;
  /** Whether every call of the APIs is noted in the diagnostics, without payloads. */
  readonly traceCalls?: boolean | undefined;
  /**
   * How much later than its timeout an invocation's deadline is, in milliseconds; asked for each. A deadline cannot be
   * put off when a debugger stops the runtime, so it has to be later from the start.
   */
  readonly deadlineAllowanceMs?: () => number;
  /** Absent outside tests. */
  readonly clock?: PausableClock;
}

/** Where a started emulator can be reached. */
export interface EmulatorAddresses {
  /** `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly runtimeApi: string;
  /** Base address for the AWS CLI's `--endpoint-url`, or an SDK client's `endpoint`. */
  readonly invokeUrl: string;
}

/**
 * Lambda for one function on this computer: queues invocations, runs them in an execution environment through the
 * Runtime API, and offers the Invoke API.
 */
export class Emulator {
  /** Pause it while a debugger holds the runtime: neither init limit nor timeout run out then. */
  readonly clock: PausableClock;
  /** Each line of the function's log, the platform's own included. */
  readonly onLog: Event<LogLine>;
  /** Each event of telemetry, whether or not an extension subscribed to it. */
  readonly onTelemetry: Event<InvocationTelemetry>;
  /** Opens the metadata endpoint, for a runtime that the user starts. */
  readonly metadataToken = randomBytes(32).toString('base64url');
  /** Each change of an invocation's state. */
  readonly onInvocation: Event<InvocationRecord>;
  readonly #options: EmulatorOptions;
  readonly #runner: InvocationRunner;
  readonly #runtimeServer: LoopbackServer;
  readonly #invokeServer: LoopbackServer;
  #runtimeApi = '';
  #stopping: Promise<void> | undefined;

  constructor(options: EmulatorOptions) {
    const { settings, environment, logger } = options;
    this.#options = options;
    this.clock = options.clock ?? new PausableClock();
    const log = new ExecutionLog(settings, () => this.clock.epochMs());
    const { metadataToken } = this;
    this.#runner = new InvocationRunner({
      settings,
      launcher: environment,
      runtimeApi: () => this.#runtimeApi,
      metadataToken,
      keepReady: options.keepReady === true,
      clock: this.clock,
      deadlineAllowanceMs: options.deadlineAllowanceMs ?? (() => 0),
      log,
      logger,
      closed: () => {
        this.#runtimeServer.closeConnections();
      },
    });
    this.onLog = log.onLine;
    this.onTelemetry = log.onTelemetry;
    this.onInvocation = this.#runner.onRecord;
    const apis = new EnvironmentApis(settings, this.clock, metadataToken, {
      alive: () => this.#runner.environment,
      last: () => this.#runner.lastEnvironment,
    });
    const tracing = { traceCalls: options.traceCalls === true };
    this.#runtimeServer = new LoopbackServer(apis, logger, tracing);
    const invokeApi = new InvokeApi(settings, this.#sink(), logger, options.eventStream);
    this.#invokeServer = new LoopbackServer(invokeApi, logger, tracing);
  }

  /** Opens both servers; no environment is launched yet. Throws `UserError('PortInUse')`. */
  async start(): Promise<EmulatorAddresses> {
    const { ports } = this.#options;
    try {
      this.#runtimeApi = `127.0.0.1:${await this.#runtimeServer.listen(ports?.runtimeApi ?? 0)}`;
      const invokeUrl = `http://127.0.0.1:${await this.#invokeServer.listen(ports?.invoke ?? 0)}`;
      return { runtimeApi: this.#runtimeApi, invokeUrl };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Launches an execution environment ahead of the first invocation, unless one is there. */
  prewarm(): void {
    this.#runner.prewarm();
  }

  /**
   * Replaces the execution environment, because what it was made of has changed: at once when it is idle, else after
   * the invocations under way. The next invocation is a cold start.
   */
  restart(): void {
    this.#runner.restart();
  }

  /**
   * Resolves once the runtime has called `next`; waits for an environment when there is none. Rejects with a
   * `UserError` when init fails, but not when it takes too long: then the first invocation repeats it.
   */
  whenReady(): Promise<void> {
    return this.#runner.whenReady();
  }

  /**
   * Runs the function and waits until it is ready for the next event. A function that fails is a result; throws
   * `UserError`: `EventInvalid` for a request that may not be made, `LimitExceeded` when too many events wait,
   * `NoSession` when the emulator stops first.
   */
  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const invocation = this.#submitOrExplain(request);
    return await invocation.completed.promise;
  }

  /** Ends the environment, fails what is pending and closes all connections. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    await this.#runner.stop();
    await nextTurn(); // the failed invocations are being answered
    await Promise.all([this.#runtimeServer.close(), this.#invokeServer.close()]);
  }

  #sink(): InvocationSink {
    return {
      create: (request, type) => this.#create(request, type),
      submit: (invocation) => {
        this.#submit(invocation);
      },
    };
  }

  #submit(invocation: Invocation): void {
    if (this.#stopping === undefined) this.#runner.add(invocation);
    else invocation.fail(stoppedError());
  }

  #submitOrExplain(request: InvokeRequest): Invocation {
    try {
      const invocation = this.#create(request, 'RequestResponse');
      this.#submit(invocation);
      return invocation;
    } catch (error) {
      if (!(error instanceof InvokeError)) throw error;
      const code = error.name === 'TooManyRequestsException' ? 'LimitExceeded' : 'EventInvalid';
      throw new UserError(code, error.message, undefined, { cause: error });
    }
  }

  #create(request: InvokeRequest, type: InvocationType): Invocation {
    const { clientContext, payload, tenantId } = request;
    if (clientContext !== undefined && parseObject(clientContext) === undefined) {
      throw new InvokeError('InvalidRequestContentException', 'The client context must be a JSON object.');
    }
    if (tenantId !== undefined) checkedTenantId(tenantId);
    const cognitoIdentity = request.cognitoIdentity ?? this.#options.settings.cognitoIdentity;
    return new Invocation({
      request: { ...request, cognitoIdentity },
      payload: eventPayload(payload, type),
      traceHeader: traceHeader(request.traceHeader, this.clock.epochMs()),
      asynchronous: type === 'Event',
    });
  }
}
