import * as vscode from 'vscode';
import { describeError, isCancellation } from '../core/base/errors.ts';
import type { Logger } from '../core/base/logger.ts';
import { requireCommandOptions } from './commandOptions.ts';
import type { CommandId } from './manifest.ts';

/**
 * Registers a command behind the one error boundary of commands. A person who ran it from a menu, a row or the palette
 * sees a failure once, as a sentence. A program that ran it with options gets the failure itself, next step included.
 * Cancelling is silent.
 */
export function registerCommand(
  id: CommandId,
  logger: Logger,
  run: (argument: never) => Promise<unknown>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (argument?: unknown) => {
    const given = argument ?? undefined; // JSON has no other word for nothing
    try {
      if (isOptions(given)) requireCommandOptions(id, given);
      return await run(given as never); // which row it is, the command itself finds out
    } catch (error) {
      if (isCancellation(error)) return undefined;
      const text = describeError(error);
      logger.error(`${id}: ${text}`);
      if (isOptions(given)) throw new Error(text, { cause: error });
      void vscode.window.showErrorMessage(text);
      return undefined;
    }
  });
}

/** Shows a failure of what a person began by a button, as a sentence. Cancelling is silent. Never rejects. */
export async function telling(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isCancellation(error)) void vscode.window.showErrorMessage(describeError(error));
  }
}

/** What a program gave, rather than what VS Code passes for a menu: a URI, or a row, which has a `type` or a `kind`. */
function isOptions(argument: unknown): boolean {
  if (argument === undefined || argument instanceof vscode.Uri) return false;
  return typeof argument !== 'object' || argument === null || !('type' in argument || 'kind' in argument);
}
