import { UserError, type UserErrorCode } from '../../src/core/base/errors.ts';

/** For `assert.rejects` and `assert.throws`: a `UserError` of this code whose message names all of the texts. */
export function userError(code: UserErrorCode, ...texts: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof UserError)) throw new Error('Not a UserError', { cause: error });
    const missing = texts.filter((text) => !error.message.includes(text));
    if (error.code === code && missing.length === 0) return true;
    throw new Error(`${error.code}: ${error.message} (expected ${code} with ${texts.join(', ')})`);
  };
}
