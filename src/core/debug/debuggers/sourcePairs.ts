import type { PathMapping, PathPair } from '../pathMapping.ts';
import type { Program } from './program.ts';

/**
 * The pairs for a debugger that knows sources by where they were when the program was built: all of them when the
 * program names one of the function's folders, because it was built where it runs; else none, since it was built on
 * this machine and names the editor's own files.
 */
export function builtPairs(program: Program, mapping: PathMapping, isSource: RegExp): readonly PathPair[] {
  if (program.type !== 'elf') return [];
  const { elf } = program;
  const { opt, task } = mapping.root;
  const folders = mapping.toSource(`${task}/x`)?.path === `${task}/x` ? [opt] : [opt, task];
  const isInside = folders.some((folder) => elf.mentions(`${folder}/`) || elf.mentions(`${folder}\0`));
  return isInside ? mapping.pairs(isSource).filter(({ local, inside }) => local !== inside) : [];
}
