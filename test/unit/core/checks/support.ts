import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkLayers } from '../../../../src/core/checks/checkLayers.ts';
import type { CheckRequest } from '../../../../src/core/checks/checkContext.ts';
import type { Finding } from '../../../../src/core/checks/finding.ts';
import { openLayer } from '../../../../src/core/layer/layerSource.ts';
import { LayerTree } from '../../../../src/core/opt/layerTree.ts';
import { writeTree, type TreeEntry } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

export type Tree = Readonly<Record<string, TreeEntry>>;

/** A script that is in order. */
export const script = { text: '#!/bin/sh\nexit 0\n', mode: 0o755 };

/** A layer with something of everything, and nothing wrong. */
export const goodLayer: Tree = {
  bootstrap: script,
  bin: { directory: 0o755 },
  'bin/tool': script,
  'bin/notes.txt': 'no program',
  extensions: { directory: 0o755 },
  'extensions/telemetry': script,
  'lib/libone.so.1': 'library',
  'lib/libone.so': { link: 'libone.so.1' },
  'lib/absolute.so': { link: '/opt/lib/libone.so.1' },
  'python/module.py': 'x = 1\n',
};

/** Opens a layer's tree. */
export async function openTree(path: string): Promise<LayerTree> {
  return LayerTree.build(await openLayer(path));
}

/** Makes layers out of trees, as folders or zips, in a temporary folder. */
export async function makeLayer(
  folder: string,
  name: string,
  tree: Tree,
  format: 'folder' | 'zip',
): Promise<string> {
  if (format === 'zip') return writeZip(join(folder, `${name}.zip`), tree);
  const path = join(folder, name);
  mkdirSync(path);
  return writeTree(path, tree);
}

/** The findings for layers given by path. */
export async function check(
  paths: readonly string[],
  others: Omit<CheckRequest, 'layers' | 'code'> & { readonly code?: string } = {},
): Promise<Finding[]> {
  const { code, ...request } = others;
  const layers = await Promise.all(paths.map((path) => openTree(path)));
  return checkLayers({
    ...request,
    layers,
    ...(code === undefined ? {} : { code: await openTree(code) }),
  });
}

/** The codes of findings, sorted. */
export function codes(findings: readonly Finding[]): string[] {
  return findings.map(({ code }) => code).sort();
}

/** The one finding of a code. */
export function only(findings: readonly Finding[], code: string): Finding {
  const found = findings.filter((finding) => finding.code === code);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} findings ${code} among: ${codes(findings).join(', ')}`);
  }
  return found[0];
}
