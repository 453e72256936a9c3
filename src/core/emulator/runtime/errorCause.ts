import { isRecord, parseObject } from '../../base/json.ts';

/** Media type of an error whose body has its X-Ray cause as a member `errorCause`. */
export const causeContentType = 'application/vnd.aws.lambda.error.cause+json';

/** Bytes that Lambda keeps of a cause. */
const mostBytes = 64 * 1024;

/** What makes a cause, by X-Ray's names; one without any of them is none. */
const members = ['working_directory', 'exceptions', 'paths', 'message'] as const;

/**
 * The X-Ray cause of an error that a runtime reported: a member of a body of the type above, else the text of the
 * header `Lambda-Runtime-Function-XRay-Error-Cause`. What is no cause counts as absent; a long one is cut, as in the
 * Runtime Interface Emulator (`rapi/model/error_cause.go`, `error_cause_compactor.go`).
 * @returns JSON text of 64 KiB at most
 */
export function errorCause(
  contentType: string | undefined,
  body: Buffer,
  header: string | undefined,
): string | undefined {
  const given =
    contentType === causeContentType
      ? parseObject(body.toString('utf8'))?.['errorCause']
      : parseObject(header ?? '');
  if (!isRecord(given)) return undefined;
  const known = members.flatMap((name) => (hasContent(given[name]) ? [[name, given[name]] as const] : []));
  return known.length === 0 ? undefined : cut(Object.fromEntries(known));
}

function hasContent(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

/** Halves the longest part until all fits: the ends of lists and texts are the least telling. */
function cut(cause: Readonly<Record<string, unknown>>): string | undefined {
  let parts = { ...cause };
  for (;;) {
    const text = JSON.stringify(parts);
    if (Buffer.byteLength(text) <= mostBytes) return text;
    const [longest] = Object.entries(parts).sort(([, left], [, right]) => sizeOf(right) - sizeOf(left));
    if (longest === undefined) return undefined;
    const [name, value] = longest;
    const shorter = halved(value);
    if (shorter === undefined)
      parts = Object.fromEntries(Object.entries(parts).filter(([key]) => key !== name));
    else parts = { ...parts, [name]: shorter };
  }
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length;
}

/** The first half of a text or list; `undefined` for what cannot be halved. */
function halved(value: unknown): unknown {
  const isDivisible = (typeof value === 'string' || Array.isArray(value)) && value.length > 1;
  return isDivisible ? value.slice(0, Math.ceil(value.length / 2)) : undefined;
}
