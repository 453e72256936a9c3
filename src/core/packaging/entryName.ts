import { UserError } from '../base/errors.ts';

/** The longest name that fits the 16-bit length field of a zip record, in bytes. */
export const maxNameBytes = 0xffff;

/**
 * The UTF-8 bytes under which a path is stored. Throws `ArchiveEntryInvalid` for what a zip cannot hold or Lambda
 * would unpack to something else: backslashes, control characters, characters without UTF-8, and excessive length.
 */
export function encodeEntryName(name: string): Buffer {
  const problem = describeProblem(name);
  if (problem !== undefined) throw invalidName(name, problem);
  const bytes = Buffer.from(name);
  if (bytes.length > maxNameBytes) throw invalidName(name, `is longer than ${maxNameBytes} bytes`);
  return bytes;
}

/** The failure for a path whose name cannot be stored; `problem` completes the sentence "The name … ". */
export function invalidName(name: string, problem: string): UserError {
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  return new UserError(
    'ArchiveEntryInvalid',
    `The name ${JSON.stringify(shown)} ${problem}.`,
    'Rename it, or keep it out of the layer.',
  );
}

function describeProblem(name: string): string | undefined {
  if (name.includes('\\')) return 'contains a backslash, which does not survive in a layer';
  // eslint-disable-next-line no-control-regex -- finding them is the point
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'contains a control character';
  if (/[\ud800-\udfff]/u.test(name)) return 'is not valid Unicode';
  return undefined;
}
