import { UserError } from '../base/errors.ts';

/**
 * The folders below `/opt` that some runtime searches, so the only places where a folder's content is worth being
 * put. Source: "Packaging your layer content" in the AWS Lambda developer guide.
 */
const searchedFolders: readonly RegExp[] = [
  /^bin$/,
  /^lib$/,
  /^extensions$/,
  /^python$/,
  /^python\/lib\/python3\.\d{1,2}\/site-packages$/,
  /^nodejs(\/node\d{2})?(\/node_modules)?$/,
  /^ruby\/lib$/,
  /^ruby\/gems\/\d{1,2}\.\d{1,2}\.\d{1,2}$/,
  /^java\/lib$/,
  /^dotnet$/,
];

/**
 * The prefix of every entry's name for a layout: empty for `as-is` (the default), else the layout with a slash at
 * its end. Always ASCII. Throws `ConfigurationInvalid` for a folder that no runtime searches.
 */
export function layoutPrefix(layout = 'as-is'): string {
  if (layout === 'as-is') return '';
  if (searchedFolders.some((folder) => folder.test(layout))) return `${layout}/`;
  throw new UserError(
    'ConfigurationInvalid',
    `The layout "${layout}" is not a folder that Lambda runtimes search.`,
    'Use "as-is", or one of python, nodejs, ruby/lib, java/lib, dotnet, bin, lib, extensions or a versioned folder below them.',
  );
}
