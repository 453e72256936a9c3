import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';
import { systemErrorCode, UserError } from '../base/errors.ts';

/** The file at the root of a layer's folder that lists, in gitignore syntax, what is not shipped. */
export const ignoreFileName = '.layerignore';

/** Decides what of a folder is left out of its layer. */
export interface IgnoreRules {
  /** `path` is relative to the folder, with `/` between its parts and at the end of a directory. */
  ignores(path: string): boolean;
}

/** What never belongs into a layer: version control, the desktop's droppings, and the rules themselves. */
const builtInPatterns = ['.git', '.DS_Store', 'Thumbs.db', `/${ignoreFileName}`];

/**
 * The rules for a folder: the built-in ones, then those of its `.layerignore`, which may take them back with `!`.
 * @throws UserError `ConfigurationInvalid` when the file cannot be read
 */
export function readIgnoreRules(folder: string): IgnoreRules {
  const patterns = readOptional(join(folder, ignoreFileName));
  return ignore({ ignorecase: false }).add(builtInPatterns).add(patterns);
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw new UserError(
      'ConfigurationInvalid',
      `${path} cannot be read.`,
      'Make it a readable text file, or remove it.',
      { cause: error },
    );
  }
}
