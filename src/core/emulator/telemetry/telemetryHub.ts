import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import { systemTime, type TimeSource } from '../clock.ts';
import { Delivery, type TelemetryDestination } from './delivery.ts';
import { EncodedEvent } from './encodedEvent.ts';
import { HttpDestination } from './httpDestination.ts';
import { InitHistory } from './initHistory.ts';
import type { Loss } from './loss.ts';
import {
  parseSubscription,
  type DestinationSettings,
  type Subscription,
  type SubscriptionApi,
} from './subscription.ts';
import { TcpDestination } from './tcpDestination.ts';
import type { TelemetryCategory, TelemetryEvent } from './telemetryEvent.ts';

/** The extension that subscribes. */
export interface TelemetrySubscriber {
  /** Its extension identifier. */
  readonly id: string;
  readonly name: string;
}

/** The answer to a subscription. */
export type SubscribeOutcome =
  | { readonly kind: 'subscribed' }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 403;
      readonly errorType: string;
      readonly errorMessage: string;
    };

/** What `platform.telemetrySubscription` records. */
export interface SubscriptionNotice {
  readonly name: string;
  /** The second word is what the service records for an extension that asks again. */
  readonly state: 'Subscribed' | 'Already subscribed';
  readonly types: readonly TelemetryCategory[];
}

/** What a hub needs. */
export interface TelemetryHubOptions {
  /** The port of the Runtime API, which no subscriber may have. */
  readonly runtimeApiPort: () => number;
  readonly logger: Logger;
  /** Absent outside tests. */
  readonly time?: TimeSource;
}

interface Subscriber {
  readonly name: string;
  readonly subscription: Subscription;
  readonly delivery: Delivery;
}

/** The Runtime API's port on Lambda; extensions that work there cannot listen on it. */
const lambdaRuntimeApiPort = 9001;

const apis = {
  telemetry: { title: 'Telemetry API', errorPrefix: '', closedPrefix: 'Telemetry.' },
  logs: { title: 'Logs API', errorPrefix: 'Logs.', closedPrefix: 'Logs.' },
} as const;

/**
 * Hands the telemetry of one execution environment to the extensions that subscribed to it. Publishing never waits:
 * each subscriber has a buffer and a connection of its own.
 */
export class TelemetryHub implements Disposable {
  readonly #options: TelemetryHubOptions;
  readonly #time: TimeSource;
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #history = new InitHistory();
  readonly #subscribed = new Emitter<SubscriptionNotice>();
  #state: 'open' | 'closed' | 'disposed' = 'open';

  /** An accepted subscription, whose replay is under way; publish `platform.telemetrySubscription` for each. */
  readonly onSubscribed: Event<SubscriptionNotice> = this.#subscribed.event;

  constructor(options: TelemetryHubOptions) {
    this.#options = options;
    this.#time = options.time ?? systemTime;
  }

  /** Gives an event to all that take it; never throws or waits. */
  publish(event: TelemetryEvent): void {
    if (this.#state === 'disposed' || (this.#state === 'closed' && this.#subscribers.size === 0)) return;
    const encoded = new EncodedEvent(event);
    try {
      this.#history.add(encoded);
      for (const { subscription, delivery } of this.#subscribers.values()) {
        for (const json of encoded.jsonFor(subscription)) delivery.push(json);
      }
    } catch {
      this.#options.logger.warn(`Telemetry: an event of type ${event.type} cannot be written as JSON.`);
    }
  }

  /**
   * Answers a subscription, in the order of checks of the official emulator for managed instances: the body, then
   * whether it comes in time. A new subscriber first gets what was published before. As on the service, where this
   * is called idempotent, an extension that asks for the same again keeps its subscription; another request of the
   * same extension replaces it and starts from the beginning. (That emulator answers 500 to a second request.)
   */
  subscribe(api: SubscriptionApi, { id, name }: TelemetrySubscriber, body: Buffer): SubscribeOutcome {
    const { title, errorPrefix, closedPrefix } = apis[api];
    const invalid = (message: string): SubscribeOutcome =>
      refusal(400, `${errorPrefix}ValidationError`, message);
    const parsed = parseSubscription(api, body, [this.#options.runtimeApiPort(), lambdaRuntimeApiPort]);
    if (parsed.kind === 'invalid') return invalid(parsed.message);
    if (this.#state !== 'open') {
      return refusal(403, `${closedPrefix}SubscriptionClosed`, `${title} subscription is closed`);
    }
    const { subscription } = parsed;
    const current = this.#subscribers.get(id);
    if (current !== undefined && current.subscription.api !== api) {
      const other = apis[current.subscription.api].title;
      return invalid(`extension ${name} has subscribed with the ${other} and may not use both APIs`);
    }
    const again = current !== undefined && isSame(current.subscription, subscription);
    if (!again) {
      current?.delivery.dispose();
      this.#subscribers.set(id, { name, subscription, delivery: this.#deliver(name, subscription) });
    }
    const state = again ? 'Already subscribed' : 'Subscribed';
    this.#subscribed.fire({ name, state, types: subscription.types });
    return { kind: 'subscribed' };
  }

  /** The end of init: who has not subscribed by now does not get to. */
  closeSubscriptions(): void {
    if (this.#state === 'open') this.#state = 'closed';
    this.#history.close();
  }

  /** Sends what is buffered. Resolves when all of it is delivered or given up, or after `limitMs` milliseconds. */
  async flush(limitMs: number): Promise<void> {
    const limit = new AbortController();
    const timer = this.#time.schedule(limitMs, () => {
      limit.abort();
    });
    await Promise.all([...this.#subscribers.values()].map(({ delivery }) => delivery.flush(limit.signal)));
    timer.dispose();
  }

  /** Ends all deliveries at once. */
  dispose(): void {
    this.#state = 'disposed';
    this.#history.close();
    this.#subscribed.dispose();
    for (const { name, delivery } of this.#subscribers.values()) {
      if (delivery.pending > 0) this.#warn(name, delivery.pending, 'The execution environment ended.');
      delivery.dispose();
    }
    this.#subscribers.clear();
  }

  #deliver(name: string, subscription: Subscription): Delivery {
    const delivery = new Delivery({
      buffering: subscription.buffering,
      destination: destinationOf(subscription.destination),
      time: this.#time,
      report: (loss) => {
        this.#warn(name, loss.records, loss.reason);
        return subscription.types.includes('platform') ? this.#announcement(loss) : undefined;
      },
    });
    for (const encoded of this.#history.events) {
      for (const json of encoded.jsonFor(subscription)) delivery.push(json);
    }
    const loss = this.#history.lossOf(subscription.types);
    if (loss !== undefined) delivery.lose(loss);
    return delivery;
  }

  #announcement({ records, bytes, reason }: Loss): string {
    const time = new Date(this.#time.epochMs()).toISOString();
    const record = { droppedRecords: records, droppedBytes: bytes, reason };
    return JSON.stringify({ time, type: 'platform.logsDropped', record });
  }

  #warn(name: string, records: number, reason: string): void {
    this.#options.logger.warn(`Telemetry: extension ${name} does not get ${records} records. ${reason}`);
  }
}

function refusal(status: 400 | 403, errorType: string, errorMessage: string): SubscribeOutcome {
  return { kind: 'refused', status, errorType, errorMessage };
}

function destinationOf(settings: DestinationSettings): TelemetryDestination {
  return settings.protocol === 'HTTP' ? new HttpDestination(settings) : new TcpDestination(settings);
}

function isSame(one: Subscription, other: Subscription): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
