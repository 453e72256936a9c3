import type { EventStreamEncoder } from '../core/emulator/invoke/eventStreamWriter.ts';

/** Loads the codec of AWS's event streams, which only streamed invocations need. */
export async function loadEventStream(): Promise<EventStreamEncoder> {
  const { EventStreamCodec } = await import('./sdk.ts').then((sdk) => sdk.eventStreamCodec());
  return new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    (text) => Buffer.from(text, 'utf8'),
  );
}
