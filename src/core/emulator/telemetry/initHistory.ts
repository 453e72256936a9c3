import { maxHeldBytes } from './delivery.ts';
import type { EncodedEvent } from './encodedEvent.ts';
import { addLoss, type Loss } from './loss.ts';
import { categoryOf, type TelemetryCategory } from './telemetryEvent.ts';

/** Remembers what was published during init, for subscribers that come late; the first events when it is too much. */
export class InitHistory {
  readonly #losses = new Map<TelemetryCategory, Loss>();
  #events: EncodedEvent[] = [];
  #bytes = 0;
  #closed = false;

  /** Throws what `JSON.stringify` throws. */
  add(encoded: EncodedEvent): void {
    if (this.#closed) return;
    const bytes = Buffer.byteLength(encoded.json);
    if (this.#losses.size === 0 && this.#bytes + bytes <= maxHeldBytes) {
      this.#events.push(encoded);
      this.#bytes += bytes;
      return;
    }
    const category = categoryOf(encoded.event);
    const reason = 'More was logged before the subscription than is kept.';
    this.#losses.set(category, addLoss(this.#losses.get(category), { records: 1, bytes, reason }));
  }

  /** The remembered events of all categories, oldest first. */
  get events(): readonly EncodedEvent[] {
    return this.#events;
  }

  /** What came after them and was not remembered. */
  lossOf(categories: readonly TelemetryCategory[]): Loss | undefined {
    return categories
      .map((category) => this.#losses.get(category))
      .filter((loss) => loss !== undefined)
      .reduce<Loss | undefined>(addLoss, undefined);
  }

  /** Forgets all and remembers nothing more. */
  close(): void {
    this.#closed = true;
    this.#events = [];
    this.#losses.clear();
  }
}
