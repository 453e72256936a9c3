import { dirname } from 'node:path/posix';
import type { SizeNode } from '../../../../../src/core/opt/sizeTree.ts';
import type { PageTexts } from '../../../../../src/vscode/sizeMap/pageTexts.ts';
import { SizeModel } from '../../../../../src/vscode/sizeMap/page/sizeModel.ts';

const kinds = {
  ...{ stack: 'stack', layer: 'layer', code: 'code', directory: 'folder', file: 'file' },
  ...{ link: 'link', smaller: 'files', unplaced: 'files' },
};

const texts: PageTexts = {
  ...{ loading: '', empty: '', showTable: '', showMap: '', map: '', table: '', place: '', contributions: '' },
  ...{ remaining: '{0}', over: '{0}', unplaced: 'not in /opt' },
  ...{ shadowed: 'shadowed', partlyShadowed: '{0} shadowed' },
  ...{ smaller: '{0} smaller files', oneSmaller: '1 smaller file', files: '{0} files', oneFile: '1 file' },
  kinds,
  columns: { name: '', part: '', kind: '', size: '', bytes: '', shadowed: '' },
};

/** A map of one layer, `1 tools`, from the sizes of its files by their paths. */
export function modelOf(files: Readonly<Record<string, number>>): SizeModel {
  const nodes: SizeNode[] = [];
  const numbers = new Map<string, number>();
  const add = (path: string, kind: SizeNode['kind'], parent: number): number => {
    const isBelow = (file: string) => path === '' || file === path || file.startsWith(`${path}/`);
    const below = Object.entries(files).filter(([file]) => isBelow(file));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const bytes = below.reduce((sum, [, size]) => sum + size, 0);
    const fixed = { shadowedBytes: 0, isShadowed: false, files: below.length };
    return nodes.push({ kind, name, parent, part: kind === 'stack' ? -1 : 0, bytes, ...fixed }) - 1;
  };
  const directory = (path: string): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    const above = dirname(path) === '.' ? '' : dirname(path);
    const number = add(path, 'directory', directory(above));
    numbers.set(path, number);
    return number;
  };
  const layer = add('', 'layer', add('', 'stack', -1));
  numbers.set('', layer);
  for (const file of Object.keys(files))
    add(file, 'file', directory(dirname(file) === '.' ? '' : dirname(file)));
  const totalBytes = nodes[0]?.bytes ?? 0;
  const part = { kind: 'layer', label: '1 tools', bytes: totalBytes, shadowedBytes: 0 } as const;
  const limitBytes = 262_144_000;
  const stack = { target: { paths: ['/tools'] }, heading: 'tools', budget: '', parts: [part] };
  return new SizeModel({ type: 'show', ...stack, totalBytes, limitBytes, nodes }, texts);
}
