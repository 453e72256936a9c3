import { onPath } from '../../test/host/onPath.ts';

/** Whether a window could be seen. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env, platform = process.platform): boolean {
  if (platform !== 'linux') return true;
  return Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/**
 * The `code` command of the desktop's VS Code, when it can open a window from here: there is a display, this is not
 * root, whom it refuses, and not a terminal of a remote window, whose `code` cannot load an extension under development.
 */
export function desktopCode(
  env: NodeJS.ProcessEnv = process.env,
  isRoot = process.getuid?.() === 0,
): string | undefined {
  const remote = env['VSCODE_IPC_HOOK_CLI'] !== undefined;
  if (isRoot || remote || !hasDisplay(env)) return undefined;
  return onPath('code', env['PATH']);
}
