import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';

import type { Disposable } from '../core/base/disposable.ts';
import { outcomeUnknown } from '../core/account/openOutcome.ts';
import { pause } from '../core/account/pause.ts';
import { abortable } from '../core/base/abortable.ts';
import { UserError } from '../core/base/errors.ts';
import type { Logger } from '../core/base/logger.ts';
import { statusOf, toUserError } from './awsErrors.ts';
import { credentialsChain, type CredentialsProvider } from './credentials.ts';
import type { Endpoints } from './endpoints.ts';
import { GracePeriod } from './gracePeriod.ts';
import { OpenClients } from './openClients.ts';
import { serviceOf, type Operation } from './operations.ts';
import { credentialsOrigin } from './profiles.ts';
import { Redactor } from './redactor.ts';

/** What a connection to AWS consists of. */
export interface SessionOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  /** Addresses that stand in for AWS; what the environment says is not looked at. */
  readonly endpoints: Endpoints;
  /** Asks for the code of an MFA device; `undefined` when the person declines. */
  readonly askMfaCode?: ((serial: string) => Promise<string | undefined>) | undefined;
  readonly logger: Logger;
  /** Times that a call is sent before its failure is reported; 5. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds that a change which is on its way is waited for after somebody cancelled; 30,000. */
  readonly graceMilliseconds?: number | undefined;
}

/** One call. `read` is repeated after any passing failure, `write` only after an answer that nothing was done. */
export interface CallRequest {
  readonly operation: Operation;
  readonly kind: 'read' | 'write';
  /** What it is about, for messages; never a secret. */
  readonly subject?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * What cancelling does: lets go of the call at once (by default for `read`); waits until it has tidied up; or stops
   * what was not sent yet and waits a grace time for what was (by default for `write`), so that the result is the truth.
   */
  readonly cancelling?: 'atOnce' | 'whenSettled' | 'beforeSending';
}

/** The AWS clients of one profile and region. */
export interface SdkClients {
  /** The client for the call's kind. */
  readonly lambda: LambdaClient;
  /** What the client must be given with each command. */
  readonly options: { readonly abortSignal?: AbortSignal };
  readonly s3: () => Promise<S3Client>;
}

const defaultAttempts = 5;
/** Milliseconds: for opening a connection, and for a connection on which nothing moves. */
const requestHandler = { connectionTimeout: 5_000, socketTimeout: 60_000 } as const;
/** Milliseconds before the second attempt of a throttled write; doubled every time. */
const firstPause = 250;
const defaultGrace = 30_000;

/**
 * Owns the SDK's clients: makes them on first use, cleans and maps their failures, logs each call without what was
 * sent, and forgets them when the credentials turn out to be useless, so that renewed ones are found.
 */
export class SdkSession implements Disposable {
  readonly options: SessionOptions;
  readonly redactor = new Redactor();
  #clients: Promise<OpenClients> | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Makes a call. Rejects with `UserError`s or the signal's reason. */
  async call<T>(request: CallRequest, run: (clients: SdkClients) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request, run);
      } catch (error) {
        const isPassing = error instanceof UserError && error.code === 'Throttled';
        const isLast = attempt >= (this.options.maxAttempts ?? defaultAttempts);
        if (request.kind === 'read' || !isPassing || isLast) throw error;
        await pause(firstPause * 2 ** (attempt - 1), request.signal);
      }
    }
  }

  /** Lets go of connections and credentials; the next call makes new ones. What is on its way goes on. */
  reset(): void {
    this.#letGo((clients) => clients.retire());
  }

  /** Ends everything, also what is on its way. */
  dispose(): void {
    this.#letGo((clients) => clients.close());
  }

  #letGo(end: (clients: OpenClients) => void): void {
    const clients = this.#clients;
    this.#clients = undefined;
    clients?.then(end).catch(() => undefined);
  }

  async #attempt<T>(request: CallRequest, run: (clients: SdkClients) => Promise<T>): Promise<T> {
    const { signal, kind } = request;
    signal?.throwIfAborted();
    const startedAt = performance.now();
    try {
      const clients = await abortable(this.#open(), signal);
      const given = { lambda: clients[kind], s3: () => clients.s3() };
      const result = await clients.use(() => this.#send(request, given, run));
      this.#trace(request, startedAt, 'done');
      return result;
    } catch (error) {
      // How a change ended that was sent is wanted all the same; nobody waits for the rest.
      const isWanted = cancellingOf(request) === 'beforeSending' && error !== signal?.reason;
      if (signal?.aborted !== true || isWanted) throw await this.#fail(request, startedAt, error);
      this.#trace(request, startedAt, 'cancelled');
      throw signal.reason;
    }
  }

  async #send<T>(
    request: CallRequest,
    clients: Omit<SdkClients, 'options'>,
    run: (clients: SdkClients) => Promise<T>,
  ): Promise<T> {
    const { signal } = request;
    const start = (given: AbortSignal | undefined) =>
      run({ ...clients, options: given === undefined ? {} : { abortSignal: given } });
    switch (cancellingOf(request)) {
      case 'atOnce':
        return abortable(start(signal), signal);
      case 'whenSettled':
        return start(signal);
      case 'beforeSending': {
        // Credentials may take a question or a program: until they are there, nothing has been sent.
        await abortable(clients.lambda.config.credentials(), signal);
        signal?.throwIfAborted();
        return this.#settle(request, start);
      }
    }
  }

  /** Waits for a change that is being sent; after somebody cancelled, a grace time longer. */
  async #settle<T>(
    { signal, operation, subject = this.options.region }: CallRequest,
    start: (given: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const grace = new GracePeriod(signal, this.options.graceMilliseconds ?? defaultGrace);
    try {
      return await abortable(start(grace.signal), grace.signal);
    } catch (error) {
      throw grace.signal.aborted ? outcomeUnknown(`${operation} of ${subject}`) : error;
    } finally {
      grace.end();
    }
  }

  async #fail(request: CallRequest, startedAt: number, error: unknown): Promise<unknown> {
    const { region, profile, endpoints } = this.options;
    const { operation, subject } = request;
    const endpointUrl = endpoints[serviceOf(operation)];
    const context = { operation, subject, region, profile, endpointUrl, redactor: this.redactor };
    let failure = toUserError(error, context);
    if (isAboutCredentials(failure)) {
      const origin = await credentialsOrigin(profile).catch(() => undefined); // no files, no advice about them
      failure = toUserError(error, { ...context, origin });
      this.reset();
    }
    const code = failure instanceof UserError ? failure.code : 'cancelled';
    this.#trace(request, startedAt, `${code} ${statusOf(error) ?? ''}`.trim());
    return failure;
  }

  #trace({ operation, subject }: CallRequest, startedAt: number, outcome: string): void {
    const about = subject === undefined ? '' : ` of ${subject}`;
    const ms = Math.round(performance.now() - startedAt);
    const { region, endpoints } = this.options;
    const where = endpoints[serviceOf(operation)] === undefined ? region : `${region} (endpoint)`;
    this.options.logger.trace(this.redactor.clean(`${operation}${about} in ${where}: ${outcome}, ${ms} ms`));
  }

  #open(): Promise<OpenClients> {
    if (this.#clients !== undefined) return this.#clients;
    const opening = this.#makeClients();
    this.#clients = opening;
    opening.catch(() => {
      if (this.#clients === opening) this.#clients = undefined;
    });
    return opening;
  }

  async #makeClients(): Promise<OpenClients> {
    const { region, profile, endpoints, askMfaCode, maxAttempts = defaultAttempts } = this.options;
    const [{ LambdaClient }, credentials] = await Promise.all([
      import('./sdk.ts').then((sdk) => sdk.clientLambda()),
      credentialsChain({ profile, region, askMfaCode, redactor: this.redactor }),
    ]);
    const common = { region, credentials, requestHandler };
    const lambda = { ...common, ...endpointOf(endpoints.lambda) };
    return new OpenClients(
      new LambdaClient({ ...lambda, retryMode: 'adaptive', maxAttempts }),
      new LambdaClient({ ...lambda, maxAttempts: 1 }),
      () => makeStore({ ...common, maxAttempts }, endpoints.s3),
    );
  }
}

/** The SDK's own look-up would go by the default profile. */
function endpointOf(url: string | undefined): {
  readonly endpoint?: string;
  readonly ignoreConfiguredEndpointUrls: true;
} {
  return { ...(url === undefined ? {} : { endpoint: url }), ignoreConfiguredEndpointUrls: true };
}

function cancellingOf({ cancelling, kind }: CallRequest): NonNullable<CallRequest['cancelling']> {
  return cancelling ?? (kind === 'write' ? 'beforeSending' : 'atOnce');
}

async function makeStore(
  common: {
    readonly region: string;
    readonly credentials: CredentialsProvider;
    readonly requestHandler: typeof requestHandler;
    readonly maxAttempts: number;
  },
  endpoint: string | undefined,
): Promise<S3Client> {
  const { S3Client } = await import('./sdk.ts').then((sdk) => sdk.clientS3());
  return new S3Client({
    ...common,
    ...endpointOf(endpoint),
    retryMode: 'adaptive',
    forcePathStyle: endpoint !== undefined, // a stand-in has no host name for every bucket
  });
}

/** Whether the credentials are at fault, which are not to be kept then. */
function isAboutCredentials(failure: unknown): boolean {
  const codes = ['CredentialsInvalid', 'CredentialsMissing', 'MfaCodeMissing'];
  return failure instanceof UserError && codes.includes(failure.code);
}
