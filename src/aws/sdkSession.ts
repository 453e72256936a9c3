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
import { GracePeriod } from './gracePeriod.ts';
import type { Operation } from './operations.ts';
import { Redactor } from './redactor.ts';

/** What a connection to AWS consists of. */
export interface SessionOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  /** An address that stands in for AWS. */
  readonly endpointUrl?: string | undefined;
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

interface OpenClients {
  readonly read: LambdaClient;
  readonly write: LambdaClient;
  readonly s3: () => Promise<S3Client>;
  readonly close: () => void;
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

  /** Lets go of connections and credentials; the next call makes new ones. */
  reset(): void {
    const clients = this.#clients;
    this.#clients = undefined;
    clients?.then(({ close }) => close()).catch(() => undefined);
  }

  dispose(): void {
    this.reset();
  }

  async #attempt<T>(request: CallRequest, run: (clients: SdkClients) => Promise<T>): Promise<T> {
    const { signal, kind } = request;
    signal?.throwIfAborted();
    const startedAt = performance.now();
    try {
      const clients = await abortable(this.#open(), signal);
      const result = await this.#send(request, { lambda: clients[kind], s3: clients.s3 }, run);
      this.#trace(request, startedAt, 'done');
      return result;
    } catch (error) {
      // How a change ended that was sent is wanted all the same; nobody waits for the rest.
      const isWanted = cancellingOf(request) === 'beforeSending' && error !== signal?.reason;
      if (signal?.aborted !== true || isWanted) throw this.#fail(request, startedAt, error);
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

  #fail(request: CallRequest, startedAt: number, error: unknown): unknown {
    const { region, profile, endpointUrl } = this.options;
    const { operation, subject } = request;
    const context = { operation, subject, region, profile, endpointUrl, redactor: this.redactor };
    const failure = toUserError(error, context);
    const code = failure instanceof UserError ? failure.code : 'cancelled';
    this.#trace(request, startedAt, `${code} ${statusOf(error) ?? ''}`.trim());
    if (code === 'CredentialsInvalid' || code === 'CredentialsMissing') this.reset();
    return failure;
  }

  #trace({ operation, subject }: CallRequest, startedAt: number, outcome: string): void {
    const about = subject === undefined ? '' : ` of ${subject}`;
    const ms = Math.round(performance.now() - startedAt);
    const where =
      this.options.endpointUrl === undefined ? this.options.region : `${this.options.region} (endpoint)`;
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
    const { region, profile, endpointUrl, askMfaCode, maxAttempts = defaultAttempts } = this.options;
    const [{ LambdaClient }, credentials] = await Promise.all([
      import('./sdk.ts').then((sdk) => sdk.clientLambda()),
      credentialsChain({ profile, region, askMfaCode, redactor: this.redactor }),
    ]);
    const common = {
      region,
      credentials,
      requestHandler,
      ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    };
    const read = new LambdaClient({ ...common, retryMode: 'adaptive', maxAttempts });
    const write = new LambdaClient({ ...common, maxAttempts: 1 });
    const store = new LazyStore(() => makeStore({ ...common, credentials, maxAttempts }));
    return {
      read,
      write,
      s3: () => store.client(),
      close: () => {
        read.destroy();
        write.destroy();
        store.close();
      },
    };
  }
}

function cancellingOf({ cancelling, kind }: CallRequest): NonNullable<CallRequest['cancelling']> {
  return cancelling ?? (kind === 'write' ? 'beforeSending' : 'atOnce');
}

/** The S3 client, which most people never need. */
class LazyStore {
  readonly #make: () => Promise<S3Client>;
  #client: Promise<S3Client> | undefined;

  constructor(make: () => Promise<S3Client>) {
    this.#make = make;
  }

  client(): Promise<S3Client> {
    return (this.#client ??= this.#make());
  }

  close(): void {
    this.#client?.then((client) => client.destroy()).catch(() => undefined);
  }
}

async function makeStore(options: {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials: CredentialsProvider;
  readonly maxAttempts: number;
}): Promise<S3Client> {
  const { S3Client } = await import('./sdk.ts').then((sdk) => sdk.clientS3());
  // A stand-in has no host name for every bucket.
  return new S3Client({
    ...options,
    requestHandler,
    retryMode: 'adaptive',
    forcePathStyle: options.endpoint !== undefined,
  });
}
