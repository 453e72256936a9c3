import { randomUUID } from 'node:crypto';

/**
 * The `Lambda-Runtime-Trace-Id` of an invocation: what the caller sent, with the parts it left out made up. Always
 * present, because Swift, zio and Rust extensions fail without it.
 */
export function traceHeader(given: string | undefined, epochMs: number): string {
  const fields = parse(given);
  const known = {
    Root: validRoot(fields.get('Root')) ?? newRoot(epochMs),
    Parent: fields.get('Parent') ?? randomHex(16),
    Sampled: fields.get('Sampled') ?? '0',
  };
  const lineage = fields.get('Lineage');
  const header = `Root=${known.Root};Parent=${known.Parent};Sampled=${known.Sampled}`;
  return lineage === undefined ? header : `${header};Lineage=${lineage}`;
}

/** The parts of a trace header. */
export function traceFields(header: string | undefined): {
  readonly Root?: string;
  readonly Parent?: string;
  readonly Sampled?: string;
} {
  return Object.fromEntries(parse(header));
}

function parse(given = ''): Map<string, string> {
  const pairs = given
    .split(';')
    .map((field) => /^\s*(\w+)=([\x21-\x7e]+)\s*$/.exec(field))
    .filter((match) => match !== null);
  return new Map(pairs.map(([, name = '', value = '']) => [name, value]));
}

function validRoot(root: string | undefined): string | undefined {
  return root !== undefined && /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(root) ? root : undefined;
}

function newRoot(epochMs: number): string {
  const seconds = Math.floor(epochMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${randomHex(24)}`;
}

/** Up to 32 random digits. An id is much cheaper than bytes of its own: Node keeps random data for these at hand. */
function randomHex(digits: number): string {
  return randomUUID().replaceAll('-', '').slice(-digits);
}
