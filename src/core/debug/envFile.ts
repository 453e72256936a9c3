import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { systemErrorCode, UserError } from '../base/errors.ts';

/** The variables in a file of the launch configuration, if that names one. @throws UserError `PathNotFound` */
export async function readEnvFile(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  try {
    const parsed = parseEnv(await readFile(path, 'utf8'));
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, value ?? '']));
  } catch (error) {
    throw new UserError(
      'PathNotFound',
      `The file ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
      'Correct "envFile" in the launch configuration.',
      { cause: error },
    );
  }
}
