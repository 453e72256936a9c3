import { UserError } from '../../core/base/errors.ts';
import { commandIds, type CommandId } from '../manifest.ts';
import type { AccountNode, ProblemNode } from './accountNodes.ts';
import { factNode } from './makeAccountNodes.ts';

/** What could not be read, in a row where it would be, and below it the next step. */
export function problemNodes(error: unknown, parent: AccountNode | undefined): AccountNode[] {
  const help = error instanceof UserError ? error.help : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const problem: ProblemNode = { kind: 'accountProblem', message, help, parent };
  if (help === undefined) return [problem];
  const command = remedyOf(error);
  return [problem, factNode({ label: help, value: '', icon: 'lightbulb', command, parent })];
}

/** The command that helps against a failure. */
function remedyOf(error: unknown): CommandId | undefined {
  if (!(error instanceof UserError)) return undefined;
  if (error.code === 'ConfigurationInvalid') return commandIds.selectRegion;
  const isAboutCredentials = ['CredentialsMissing', 'CredentialsInvalid', 'AccessDenied'].includes(
    error.code,
  );
  return isAboutCredentials ? commandIds.selectProfile : undefined;
}
