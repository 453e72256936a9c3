import { readFile } from 'node:fs/promises';
import { systemErrorCode, UserError } from '../base/errors.ts';

/** Reads the JSON text of an event. @throws UserError `EventInvalid` naming the file */
export async function readEventFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(
      'EventInvalid',
      `The event file ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
      'Correct "eventFile".',
      { cause: error },
    );
  });
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'EventInvalid',
      `The event file ${path} is not JSON: ${reason}.`,
      'Correct the file.',
    );
  }
}
