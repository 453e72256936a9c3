import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { decodeOptAddress, encodeOptAddress, type OptAddress, optScheme } from '../../core/opt/optUri.ts';

/** The `lambda-opt:` URI of an address. */
export function optUri(address: OptAddress): vscode.Uri {
  return vscode.Uri.from({ scheme: optScheme, ...encodeOptAddress(address) });
}

/** What a `lambda-opt:` URI addresses. @throws UserError `PathNotFound` for any other URI */
export function optAddress(uri: vscode.Uri): OptAddress {
  const address = uri.scheme === optScheme ? decodeOptAddress(uri) : undefined;
  if (address !== undefined) return address;
  throw new UserError(
    'PathNotFound',
    `${uri.toString()} is not a file of a merged /opt.`,
    'Choose a file in /opt.',
  );
}
