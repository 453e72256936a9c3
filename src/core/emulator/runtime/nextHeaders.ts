import type { OutgoingHttpHeaders } from 'node:http';
import { functionArn, type FunctionSettings } from '../functionSettings.ts';
import type { CognitoIdentity, Invocation } from '../invocation.ts';

/** The headers of `GET next`'s answer; those without a value are left out. */
export function nextHeaders(
  invocation: Invocation,
  deadlineMs: number,
  settings: FunctionSettings,
): OutgoingHttpHeaders {
  const { clientContext, cognitoIdentity, qualifier, tenantId } = invocation.request;
  const optional = {
    'Lambda-Runtime-Client-Context': clientContext === undefined ? undefined : asciiJson(clientContext),
    'Lambda-Runtime-Cognito-Identity':
      cognitoIdentity === undefined ? undefined : identityJson(cognitoIdentity),
    'Lambda-Runtime-Aws-Tenant-Id': tenantId,
  };
  return {
    'Content-Type': 'application/json', // whatever the invoker sent: Python's client decides by it
    'Content-Length': invocation.payload.length,
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': String(Math.round(deadlineMs)),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn(settings, qualifier),
    'Lambda-Runtime-Trace-Id': invocation.traceHeader,
    ...Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined && value !== ''),
    ),
  };
}

function identityJson({ identityId, identityPoolId }: CognitoIdentity): string {
  return asciiJson(JSON.stringify({ cognitoIdentityId: identityId, cognitoIdentityPoolId: identityPoolId }));
}

/** The same JSON in characters that a header may contain. */
function asciiJson(json: string): string {
  if (/^[\x20-\x7e]*$/.test(json)) return json;
  return JSON.stringify(JSON.parse(json)).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
