import { decodedName } from './functionName.ts';
import { InvokeError } from './invokeError.ts';

/** What a request asks for, of which function. */
export interface InvokeTarget {
  readonly operation: 'Invoke' | 'InvokeWithResponseStream';
  /** Name or ARN, decoded. */
  readonly functionName: string;
  readonly qualifier: string | undefined;
}

/** The paths of the Lambda API (`@aws-sdk/client-lambda`'s schema); the first group is the function. */
const paths: Readonly<Record<InvokeTarget['operation'], RegExp>> = {
  Invoke: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
  InvokeWithResponseStream: /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations$/,
};

const operations = ['Invoke', 'InvokeWithResponseStream'] as const;

/** Finds the operation of a request. Throws `InvokeError` for all others. */
export function invokeTarget(method: string | undefined, requestUrl: string | undefined): InvokeTarget {
  const [path = '', query] = (requestUrl ?? '').split('?', 2);
  for (const operation of method === 'POST' ? operations : []) {
    const encoded = paths[operation].exec(path)?.[1];
    if (encoded === undefined) continue;
    return { operation, functionName: decodedName(encoded), qualifier: qualifierOf(query) };
  }
  const text = 'Only Invoke, InvokeWithResponseStream and function URLs are served here.';
  throw new InvokeError('UnknownOperationException', text);
}

function qualifierOf(query: string | undefined): string | undefined {
  return query === undefined ? undefined : (new URLSearchParams(query).get('Qualifier') ?? undefined);
}
