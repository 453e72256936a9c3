import type { IncomingHttpHeaders } from 'node:http';
import { parseObject } from '../../base/json.ts';
import type { InvocationType } from './eventPayload.ts';
import { InvokeError } from './invokeError.ts';
import { maxClientContextBytes } from '../limits.ts';

const invocationTypes: readonly InvocationType[] = ['RequestResponse', 'Event', 'DryRun'];
const logTypes = ['None', 'Tail'] as const;

/** The value of `X-Amz-Invocation-Type`. Throws `InvokeError`. */
export function invocationTypeOf(headers: IncomingHttpHeaders): InvocationType {
  return oneOf('invocationType', invocationTypes, headers['x-amz-invocation-type'] ?? 'RequestResponse');
}

/** The value of `X-Amz-Invocation-Type` of a call whose response is streamed. Throws `InvokeError`. */
export function streamingTypeOf(headers: IncomingHttpHeaders): 'RequestResponse' | 'DryRun' {
  const given = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  return oneOf('invocationType', ['RequestResponse', 'DryRun'], given);
}

/** The value of `X-Amz-Log-Type`. Throws `InvokeError`. */
export function logTypeOf(headers: IncomingHttpHeaders): (typeof logTypes)[number] {
  return oneOf('logType', logTypes, headers['x-amz-log-type'] ?? 'None');
}

/** The JSON text in `X-Amz-Client-Context`. Throws `InvokeError`. */
export function clientContextOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['x-amz-client-context'];
  if (typeof header !== 'string' || header === '') return undefined;
  if (header.length > maxClientContextBytes) {
    const text = `The client context must be no more than ${maxClientContextBytes} bytes when base64-encoded.`;
    throw new InvokeError('InvalidParameterValueException', text);
  }
  const json = decodedJson(header);
  if (json === undefined) {
    const text = 'Client context must be a valid Base64-encoded JSON object.';
    throw new InvokeError('InvalidRequestContentException', text);
  }
  return json;
}

/** The value of `X-Amz-Tenant-Id`. Throws `InvokeError`. */
export function tenantIdOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['x-amz-tenant-id'];
  if (header === undefined) return undefined;
  return checkedTenantId(String(header));
}

/** A tenant id of the form the Invoke API's reference demands. Throws `InvokeError`. */
export function checkedTenantId(tenantId: string): string {
  if (/^[a-zA-Z0-9._:/=+\-@ ]{1,256}$/.test(tenantId)) return tenantId;
  throw new InvokeError('InvalidParameterValueException', 'The tenant id is malformed.');
}

function decodedJson(base64: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return parseObject(text) !== undefined ? text : undefined;
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: string | string[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const set = [...allowed].sort().join(', ');
  const text = `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${set}]`;
  throw new InvokeError('InvalidParameterValueException', text);
}
