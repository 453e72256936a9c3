import { asBuffer } from '../../base/asBuffer.ts';
import { InvokeError } from './invokeError.ts';
import { maxAsyncPayloadBytes, maxSyncPayloadBytes } from '../limits.ts';

/** The kinds of invocation of the Invoke API. */
export type InvocationType = 'RequestResponse' | 'Event' | 'DryRun';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The largest event of an invocation of this type, in bytes. */
export function payloadLimit(type: InvocationType): number {
  return type === 'Event' ? maxAsyncPayloadBytes : maxSyncPayloadBytes;
}

/** The error for an event of `size` bytes that is over the limit. */
export function payloadTooLarge(size: number, type: InvocationType): InvokeError {
  const text = `${size} byte payload is too large for the ${type} invocation type (limit ${payloadLimit(type)} bytes)`;
  return new InvokeError('RequestTooLargeException', text);
}

/**
 * The event as the runtime gets it: unchanged and not copied, or `{}` when there is none. Throws `InvokeError` when it
 * is not JSON or too large.
 */
export function eventPayload(payload: string | Uint8Array, type: InvocationType): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : asBuffer(payload);
  if (bytes.length > payloadLimit(type)) throw payloadTooLarge(bytes.length, type);
  if (bytes.length === 0) return Buffer.from('{}');
  try {
    JSON.parse(strictUtf8.decode(bytes));
  } catch {
    // The parser's own message would quote the payload.
    throw new InvokeError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
  return bytes;
}
