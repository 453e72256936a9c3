import type { LayerTree } from '../opt/layerTree.ts';
import { type Check, type CheckContext, isShown } from './checkContext.ts';
import { entryPath } from './entryPath.ts';
import type { FamilyFinding, Place } from './finding.ts';
import { parseHead } from './programHead.ts';
import { readHead } from './readHead.ts';

/** Programs in `bin` whose first bytes are looked at, per layer. */
const maxPrograms = 500;

interface WrongMode {
  readonly name: string;
  readonly path: string;
  readonly mode: number;
}

/** The function runs as a user that owns none of the files: what the world may not read or run, it cannot. */
export const checkPermissions: Check = async (context, report) => {
  for (const { place, tree } of context.sources) {
    const { files, directories } = await findUnreadable(context, place, tree);
    for (const finding of [unreadable('file', files), unreadable('directory', directories)]) {
      if (finding !== undefined) report({ ...finding, layer: place });
    }
  }
  for (const [layer, tree] of context.layers.entries()) {
    for (const finding of await findPrograms(context, layer, tree)) report({ ...finding, layer });
  }
};

async function findUnreadable(
  { view, slices }: CheckContext,
  place: Place,
  tree: LayerTree,
): Promise<{ files: WrongMode[]; directories: WrongMode[] }> {
  const { entries } = tree.source;
  const files: WrongMode[] = [];
  const directories: WrongMode[] = [];
  for (let node = 1; node < tree.count; node++) {
    if (node % 256 === 0 && slices.due()) await slices.pause();
    const entry = tree.entry(node);
    if (entry === undefined || tree.kind(node) === 'link') continue;
    const needed = tree.isDirectory(node) ? 0o001 : 0o004;
    const mode = entries.mode(entry);
    if ((mode & needed) === needed) continue;
    const path = entryPath(entries, entry);
    if (place !== 'code' && !isShown(view, place, entry, path)) continue;
    const wanted = (mode | (tree.isDirectory(node) ? 0o555 : 0o444)) & 0o777;
    (tree.isDirectory(node) ? directories : files).push({ name: entries.name(entry), path, mode: wanted });
  }
  return { files, directories };
}

function unreadable(kind: 'file' | 'directory', wrong: readonly WrongMode[]): FamilyFinding | undefined {
  const [first] = wrong;
  if (first === undefined) return undefined;
  const others = wrong.length === 1 ? '' : ` and ${wrong.length - 1} more`;
  const isFile = kind === 'file';
  return {
    code: isFile ? 'fileNotReadable' : 'directoryNotReadable',
    severity: 'error',
    path: first.path,
    message: `${first.path}${others} cannot be ${isFile ? 'read' : 'entered'} by the function: it runs as another user (EACCES).`,
    help: isFile ? 'Give files the mode 644 or 755.' : 'Give directories the mode 755.',
    fix: { type: 'setModes', modes: wrong.map(({ name, mode }) => ({ name, mode })) },
  };
}

/** Files directly in `bin` that would run if their mode let them. */
async function findPrograms(context: CheckContext, layer: number, tree: LayerTree): Promise<FamilyFinding[]> {
  const { entries } = tree.source;
  const wrong: WrongMode[] = [];
  let looked = 0;
  for (const program of context.view.list('bin') ?? []) {
    if (program.layer !== layer || program.kind !== 'file' || program.entry === undefined) continue;
    if ((program.mode & 0o001) !== 0) continue;
    if (++looked > maxPrograms) break;
    const head = await readHead(tree.source, program.entry);
    if (head === undefined || parseHead(head).type === 'other') continue;
    const mode = (program.mode | 0o555) & 0o777;
    wrong.push({ name: entries.name(program.entry), path: program.path, mode });
  }
  return wrong.map(({ name, path, mode }) => ({
    code: 'programNotExecutable',
    severity: 'warning',
    path,
    message: `/opt/${path} is a program in PATH, but not executable by everyone: running it fails with EACCES.`,
    help: `Make it executable: chmod 755 ${path}.`,
    fix: { type: 'setModes', modes: [{ name, mode }] },
  }));
}
