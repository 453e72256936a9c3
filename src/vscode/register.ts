import * as vscode from 'vscode';
import { describeError, isCancellation } from '../core/base/errors.ts';
import type { Logger } from '../core/base/logger.ts';
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
  return vscode.commands.registerCommand(id, async (argument: unknown) => {
    try {
      return await run(argument as never); // what menus and programs pass is checked by the command itself
    } catch (error) {
      if (isCancellation(error)) return undefined;
      const text = describeError(error);
      logger.error(`${id}: ${text}`);
      if (isOptions(argument)) throw new Error(text, { cause: error });
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

/** A plain object, rather than what VS Code passes for a menu: a URI, or a row, which has a `type` or a `kind`. */
function isOptions(argument: unknown): boolean {
  return (
    typeof argument === 'object' &&
    argument !== null &&
    !(argument instanceof vscode.Uri) &&
    !('type' in argument) &&
    !('kind' in argument)
  );
}
