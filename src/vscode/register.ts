import * as vscode from 'vscode';
import { describeError, isCancellation } from '../core/base/errors.ts';
import type { Logger } from '../core/base/logger.ts';
import type { CommandId } from './manifest.ts';

/**
 * Registers a command behind the one error boundary of commands: a failure is shown once, as a sentence, and also
 * reaches whoever ran the command as a program. Cancelling is silent.
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
      logger.error(`${id}: ${describeError(error)}`);
      void vscode.window.showErrorMessage(describeError(error));
      throw error;
    }
  });
}
