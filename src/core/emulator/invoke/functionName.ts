import { functionArn, type FunctionSettings } from '../functionSettings.ts';
import { InvokeError } from './invokeError.ts';

/** Name, partial ARN or full ARN, as the Invoke API's reference defines `FunctionName`. */
const pattern =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/;

const qualifierPattern = /^(\$LATEST|[a-zA-Z0-9-_]{1,128})$/;

/** A function's name as it stands in a path. Throws `InvokeError`. */
export function decodedName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    const text = 'The function name is not properly percent-encoded.';
    throw new InvokeError('InvalidParameterValueException', text);
  }
}

/**
 * Checks that a caller means the running function and returns the qualifier it named, if any. Any version or alias is
 * taken: there is one code, and callers written for an account name the alias they have there.
 */
export function resolveQualifier(
  functionName: string,
  qualifier: string | undefined,
  settings: FunctionSettings,
): string | undefined {
  const parts = pattern.exec(functionName)?.groups;
  if (parts === undefined) {
    throw new InvokeError('InvalidParameterValueException', 'The function name or ARN is malformed.');
  }
  const { region, account, name = '', qualifier: derived } = parts;
  checkQualifiers(derived, qualifier);
  const known = {
    region: region ?? settings.region,
    accountId: account ?? settings.accountId,
    functionName: name,
  };
  const isRunning = (['region', 'accountId', 'functionName'] as const).every(
    (field) => known[field] === settings[field],
  );
  const chosen = qualifier ?? derived;
  if (!isRunning) {
    throw new InvokeError('ResourceNotFoundException', `Function not found: ${functionArn(known, chosen)}`);
  }
  return chosen;
}

function checkQualifiers(derived: string | undefined, given: string | undefined): void {
  if (given !== undefined && !qualifierPattern.test(given)) {
    throw new InvokeError('InvalidParameterValueException', 'The qualifier is malformed.');
  }
  if (given !== undefined && derived !== undefined && given !== derived) {
    const text = 'The derived qualifier from the function name does not match the specified qualifier.';
    throw new InvokeError('InvalidParameterValueException', text);
  }
}
