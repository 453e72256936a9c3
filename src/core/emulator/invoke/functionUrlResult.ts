import { asBuffer } from '../../base/asBuffer.ts';
import { parseJson, parseObject } from '../../base/json.ts';
import { httpHead, malformed, type HttpHead, type Interpreted } from './httpHead.ts';

const jsonType = 'application/json';

/**
 * What a response that was not streamed looks like over HTTP (developer guide, "Invoking Lambda function URLs"): an
 * object with a `statusCode` describes the answer, any other JSON value is the answer's body. A string loses its
 * quotes and base64 is read leniently, as the service does it.
 */
export function functionUrlResult(
  payload: Uint8Array,
): Interpreted<{ readonly head: HttpHead; readonly body: Buffer }> {
  const bytes = asBuffer(payload);
  const text = bytes.toString('utf8');
  const described = parseObject(text);
  if (described !== undefined && 'statusCode' in described) return describedResult(described);
  const value = described ?? parseJson(text);
  if (value === undefined) return malformed('The response is not JSON.');
  const body = typeof value === 'string' ? Buffer.from(value) : bytes;
  return { kind: 'valid', head: { status: 200, headers: { 'content-type': jsonType } }, body };
}

function describedResult(
  described: Readonly<Record<string, unknown>>,
): Interpreted<{ readonly head: HttpHead; readonly body: Buffer }> {
  const read = httpHead(described, jsonType);
  if (read.kind === 'malformed') return read;
  const { body = '', isBase64Encoded } = described;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { ...read, body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8') };
}
