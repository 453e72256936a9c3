import { UserError } from '../base/errors.ts';
import { findExecutable } from './findExecutable.ts';

export const shell = '/bin/sh';
/** The tools of util-linux are in one of these; nothing is looked up on the editor's or the function's PATH. */
const toolFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin'];

/** The environment of what sets up namespaces. */
export const toolEnvironment = { PATH: toolFolders.join(':') };

/** Makes a user, mount and process namespace whose first process is a child that ends with `unshare`. */
export const namespaceFlags = ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child'];

/** The path of a tool of util-linux. @throws UserError `IsolationUnavailable` when it is missing */
export async function requireTool(name: string): Promise<string> {
  const path = await findExecutable([name], toolFolders);
  if (path !== undefined) return path;
  throw new UserError(
    'IsolationUnavailable',
    `The tool "${name}" is missing.`,
    'Install the package util-linux.',
  );
}
