import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../../core/checks/finding.ts';
import { stackId } from '../../core/opt/layerStack.ts';
import { optUri } from '../optFiles/optUris.ts';
import type { CheckedStack } from './checkStore.ts';

/** The layer or code that a finding is about; `undefined` when it is about the stack as a whole. */
export function findingSource({ paths, code }: CheckedStack, { layer }: Finding): string | undefined {
  if (layer === undefined) return undefined;
  return layer === 'code' ? code : paths[layer];
}

/**
 * Where a finding is shown: the file in a folder, the file inside a zip as the merged view shows it, the zip itself
 * for entries that have no path, and for a stack as a whole its last layer.
 */
export function findingUri(stack: CheckedStack, finding: Finding): vscode.Uri | undefined {
  const source = findingSource(stack, finding) ?? stack.paths.at(-1) ?? stack.code;
  if (source === undefined) return undefined;
  const { path } = finding;
  if (path === undefined || finding.layer === undefined || path.includes('\\') || path.includes('..')) {
    return vscode.Uri.file(source);
  }
  return source.toLowerCase().endsWith('.zip')
    ? optUri({ stack: stackId([source]), path })
    : vscode.Uri.file(join(source, path));
}
