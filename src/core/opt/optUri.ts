/** The scheme of the merged view's file system. */
export const optScheme = 'lambda-opt';

/** What a `lambda-opt:` URI addresses. */
export interface OptAddress {
  /** The stack's id, lower-case. */
  readonly stack: string;
  /** Path below `/opt`; `''` is `/opt` itself. */
  readonly path: string;
  /** Position in the stack of the one layer whose entry is meant, rather than the merged view's. */
  readonly layer?: number;
}

/** The parts of a URI that carry an address, decoded, as `vscode.Uri` has them. */
export interface UriParts {
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

/** `lambda-opt://<stack>/opt/<path>?layer=<n>`, as parts for `vscode.Uri.from`. */
export function encodeOptAddress({ stack, path, layer }: OptAddress): UriParts {
  return {
    authority: stack,
    path: path === '' ? '/opt' : `/opt/${path}`,
    query: layer === undefined ? '' : `layer=${layer}`,
  };
}

/** The inverse of `encodeOptAddress`; `undefined` for a URI that addresses nothing below `/opt`. */
export function decodeOptAddress({ authority, path, query }: UriParts): OptAddress | undefined {
  if (path !== '/opt' && !path.startsWith('/opt/')) return undefined;
  const below = path.slice('/opt/'.length).replace(/\/+$/, '');
  const layer = /^layer=(\d+)$/.exec(query)?.[1];
  if (query !== '' && layer === undefined) return undefined;
  return { stack: authority, path: below, ...(layer === undefined ? {} : { layer: Number(layer) }) };
}
