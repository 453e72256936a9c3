import type { Disposable } from '../core/base/disposable.ts';
import { silentLogger } from '../core/base/logger.ts';
import type { LambdaGateway, ObjectStore } from '../core/account/ports.ts';
import { oneEndpoint, type Endpoints } from './endpoints.ts';
import { AwsLambdaGateway } from './lambdaGateway.ts';
import { S3ObjectStore } from './s3ObjectStore.ts';
import { SdkSession, type SessionOptions } from './sdkSession.ts';

/** One profile in one region. */
export interface ConnectionKey {
  readonly region: string;
  /** Without one, the SDK's chain begins at the environment. */
  readonly profile?: string | undefined;
  /** Addresses that stand in for AWS; AWS itself without them. */
  readonly endpoints?: Endpoints | undefined;
}

/** What the use cases of `core/account` work on. */
export interface AwsConnection {
  readonly gateway: LambdaGateway;
  readonly objects: ObjectStore;
}

/**
 * The connections of a window, side by side: each profile and region has its own, made when asked for. Nothing is
 * loaded or sent before the first call.
 */
export class AwsConnections implements Disposable {
  readonly #common: Partial<Omit<SessionOptions, keyof ConnectionKey>>;
  readonly #open = new Map<string, AwsConnection & { readonly session: SdkSession }>();

  constructor(common: Partial<Omit<SessionOptions, keyof ConnectionKey>> = {}) {
    this.#common = common;
  }

  /** The connection of a profile in a region; the same one every time. */
  connect({ profile, region, endpoints = oneEndpoint(undefined) }: ConnectionKey): AwsConnection {
    const key = { profile, region, endpoints };
    const id = JSON.stringify([profile, region, endpoints.lambda, endpoints.s3]);
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const session = new SdkSession({ logger: silentLogger, ...this.#common, ...key });
    const made = { session, gateway: new AwsLambdaGateway(session), objects: new S3ObjectStore(session) };
    this.#open.set(id, made);
    return made;
  }

  /** Forgets credentials and network connections, for when somebody has logged in anew or changed a setting. */
  reset(): void {
    for (const { session } of this.#open.values()) session.reset();
  }

  dispose(): void {
    for (const { session } of this.#open.values()) session.dispose();
    this.#open.clear();
  }
}
