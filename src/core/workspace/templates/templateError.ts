import { UserError } from '../../base/errors.ts';

/** What is wrong with a template as a whole. `reason` ends a sentence. */
export function invalidTemplate(name: string, reason: string): UserError {
  return new UserError(
    'TemplateInvalid',
    `The template ${name} cannot be read: ${reason}.`,
    'Correct the file.',
  );
}
