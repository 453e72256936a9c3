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

/** Finds the operation of a request. Throws `InvokeError` for all others. */
export function invokeTarget(method: string | undefined, requestUrl: string | undefined): InvokeTarget {
  const url = URL.parse(requestUrl ?? '', 'http://127.0.0.1');
  if (url !== null && method === 'POST') {
    for (const operation of ['Invoke', 'InvokeWithResponseStream'] as const) {
      const encoded = paths[operation].exec(url.pathname)?.[1];
      const qualifier = url.searchParams.get('Qualifier') ?? undefined;
      if (encoded !== undefined) return { operation, functionName: decodedName(encoded), qualifier };
    }
  }
  const text = 'Only Invoke, InvokeWithResponseStream and function URLs are served here.';
  throw new InvokeError('UnknownOperationException', text);
}
