import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';

/** The file at the root of a layer's folder that lists, in gitignore syntax, what is not shipped. */
export const ignoreFileName = '.layerignore';

/** Decides what of a folder is left out of its layer. */
export interface IgnoreRules {
  /** `path` is relative to the folder, with `/` between its parts and at the end of a directory. */
  ignores(path: string): boolean;
}

/** What never belongs into a layer: version control, the desktop's droppings, and the rules themselves. */
const builtInNames = new Set(['.git', '.DS_Store', 'Thumbs.db']);

const builtInRules: IgnoreRules = {
  ignores: (path) => path === ignoreFileName || builtInNames.has(basename(path)),
};

/**
 * The rules for a folder. A folder whose `.layerignore` has patterns is refused with `ConfigurationInvalid` for as
 * long as nothing here understands them: shipping what somebody meant to keep private is worse than stopping.
 */
export function readIgnoreRules(folder: string): IgnoreRules {
  if (!hasPatterns(readOptional(join(folder, ignoreFileName)))) return builtInRules;
  throw new UserError(
    'ConfigurationInvalid',
    `The patterns in ${join(folder, ignoreFileName)} are not supported yet.`,
    'Move what should not be shipped out of the folder and remove the file.',
  );
}

function hasPatterns(text: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() !== '' && !line.startsWith('#'));
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
