/** A request as far as it says which operation of which service it is. */
export interface RequestLine {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

type Route = readonly [method: string, pattern: RegExp, operation: string];

const name = '([^/]+)';
const lambda: readonly Route[] = [
  ['GET', /^\/2018-10-31\/layers\/?$/, 'ListLayers'],
  ['GET', new RegExp(`^/2018-10-31/layers/${name}/versions/?$`), 'ListLayerVersions'],
  ['POST', new RegExp(`^/2018-10-31/layers/${name}/versions/?$`), 'PublishLayerVersion'],
  ['GET', new RegExp(`^/2018-10-31/layers/${name}/versions/${name}$`), 'GetLayerVersion'],
  ['DELETE', new RegExp(`^/2018-10-31/layers/${name}/versions/${name}$`), 'DeleteLayerVersion'],
  ['GET', new RegExp(`^/2018-10-31/layers/${name}/versions/${name}/policy$`), 'GetLayerVersionPolicy'],
  ['POST', new RegExp(`^/2018-10-31/layers/${name}/versions/${name}/policy$`), 'AddLayerVersionPermission'],
  [
    'DELETE',
    new RegExp(`^/2018-10-31/layers/${name}/versions/${name}/policy/${name}$`),
    'RemoveLayerVersionPermission',
  ],
  ['GET', /^\/2015-03-31\/functions\/?$/, 'ListFunctions'],
  ['POST', /^\/2015-03-31\/functions\/?$/, 'CreateFunction'],
  ['GET', new RegExp(`^/2015-03-31/functions/${name}/aliases$`), 'ListAliases'],
  ['GET', new RegExp(`^/2015-03-31/functions/${name}/configuration$`), 'GetFunctionConfiguration'],
  ['PUT', new RegExp(`^/2015-03-31/functions/${name}/configuration$`), 'UpdateFunctionConfiguration'],
  ['GET', /^\/content\/([0-9a-f]+)$/, 'Download'],
];

/** The operation that a request is, by AWS's name for it; `Download` for a layer's content, else `Other`. */
export function operationOf({ method, url, headers }: RequestLine): { operation: string; names: string[] } {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname === '/2018-10-31/layers' && searchParams.get('find') === 'LayerVersion')
    return { operation: 'GetLayerVersionByArn', names: [searchParams.get('Arn') ?? ''] };
  if (String(headers['authorization']).includes('/s3/'))
    return { operation: s3Operation(method, searchParams), names: [] };
  for (const [wanted, pattern, operation] of lambda) {
    const match = wanted === method ? pattern.exec(pathname) : null;
    if (match !== null) return { operation, names: match.slice(1).map(decodeURIComponent) };
  }
  return { operation: 'Other', names: [] };
}

function s3Operation(method: string, query: URLSearchParams): string {
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
  if (method === 'PUT') return query.has('uploadId') ? 'UploadPart' : 'PutObject';
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  return 'GetObject';
}
