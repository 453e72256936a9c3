import type { Logger } from '../../../../../src/core/base/logger.ts';
import type { SubscriptionApi } from '../../../../../src/core/emulator/telemetry/subscription.ts';
import type { TelemetryEvent } from '../../../../../src/core/emulator/telemetry/telemetryEvent.ts';
import {
  TelemetryHub,
  type SubscribeOutcome,
  type TelemetryHubOptions,
} from '../../../../../src/core/emulator/telemetry/telemetryHub.ts';
import { HttpReceiver, TcpReceiver } from './receivers.ts';

/** Makes hubs and receivers, and ends them all after each test. */
export class Hubs {
  readonly warnings: string[] = [];
  readonly #ends: (() => Promise<void> | void)[] = [];

  start(options: Partial<TelemetryHubOptions> = {}): TelemetryHub {
    const logger: Logger = {
      trace: () => undefined,
      info: () => undefined,
      warn: (message) => void this.warnings.push(message),
      error: () => undefined,
    };
    const hub = new TelemetryHub({ runtimeApiPort: () => 1, logger, ...options });
    this.#ends.unshift(() => {
      hub.dispose();
    });
    return hub;
  }

  async http(port = 0): Promise<HttpReceiver> {
    const receiver = await HttpReceiver.start(port);
    this.#ends.push(() => receiver.close());
    return receiver;
  }

  async tcp(reading: 'reads' | 'reads when told' = 'reads'): Promise<TcpReceiver> {
    const receiver = await TcpReceiver.start(reading);
    this.#ends.push(() => receiver.close());
    return receiver;
  }

  async end(): Promise<void> {
    this.warnings.length = 0;
    for (const end of this.#ends.splice(0)) await end();
  }
}

/** An event of a line that the function wrote. */
export function line(record: unknown): TelemetryEvent {
  return { time: '2026-01-02T03:04:05.678Z', type: 'function', record };
}

/** An event of the platform. */
export function platform(type: string, record: unknown = {}): TelemetryEvent {
  return { time: '2026-01-02T03:04:05.678Z', type: `platform.${type}`, record };
}

/** The body of a subscription to everything, except as said. */
export function body(
  destination: { readonly http?: number; readonly tcp?: number },
  fields: object = {},
): Buffer {
  const target =
    destination.tcp === undefined
      ? { protocol: 'HTTP', URI: `http://sandbox.localdomain:${destination.http}/in?x=1` }
      : { protocol: 'TCP', port: destination.tcp };
  const types = ['platform', 'function', 'extension'];
  const buffering = { timeoutMs: 25 };
  return Buffer.from(
    JSON.stringify({ schemaVersion: '2022-12-13', types, buffering, destination: target, ...fields }),
  );
}

/** Subscribes an extension whose identifier is its name. */
export function subscribe(
  hub: TelemetryHub,
  name: string,
  request: Buffer,
  api: SubscriptionApi = 'telemetry',
): SubscribeOutcome {
  return hub.subscribe(api, { id: name, name }, request);
}
