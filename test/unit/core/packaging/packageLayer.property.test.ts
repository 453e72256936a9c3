import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { packageLayer } from '../../../../src/core/packaging/packageLayer.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { readWithYauzl } from './support.ts';

type Node =
  | { readonly kind: 'file'; readonly content: Buffer; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'directory'; readonly children: Readonly<Record<string, Node>> };

const part = fc.constantFrom(
  'a',
  'b',
  '0',
  '~',
  '-',
  '.x',
  ' ',
  'é',
  '日',
  '\ue000',
  '😀',
  '__proto__',
  '%20',
);
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
const content = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  // Long, with and without repetition, so that blocks, stored and deflated entries meet.
  { weight: 1, arbitrary: fc.nat({ max: 1_300_000 }).map((length) => Buffer.alloc(length, 'layer ')) },
);
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('file' as const),
      content: content.map((bytes) => Buffer.from(bytes)),
      mode: fc.constantFrom(0o644, 0o755, 0o600, 0o711),
    }),
    fc.record({ kind: fc.constant('link' as const), target: name }),
    fc.record({
      kind: fc.constant('directory' as const),
      children: fc.dictionary(name, tie('node'), { maxKeys: 5 }),
    }),
  ),
}));
const root = fc.dictionary(name, node, { minKeys: 1, maxKeys: 6 });

function write(folder: string, children: Readonly<Record<string, Node>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [child, value] of Object.entries(children)) {
    const path = join(folder, child);
    if (value.kind === 'directory') write(path, value.children);
    else if (value.kind === 'link') symlinkSync(value.target, path);
    else {
      writeFileSync(path, value.content);
      chmodSync(path, value.mode);
    }
  }
}

/** What the archive should hold, by what the product promises. */
function expected(children: Readonly<Record<string, Node>>, prefix = ''): [string, string, Buffer][] {
  return Object.entries(children).flatMap(([child, value]): [string, string, Buffer][] => {
    const path = `${prefix}${child}`;
    if (value.kind === 'link') return [[path, '120777', Buffer.from(value.target)]];
    if (value.kind === 'file') return [[path, value.mode & 0o111 ? '100755' : '100644', value.content]];
    const below = expected(value.children, `${path}/`);
    return below.length > 0 ? below : [[`${path}/`, '40755', Buffer.alloc(0)]];
  });
}

describe('any folder', () => {
  const temporaryFolder = useTemporaryFolders();

  it('is packaged completely, in the order of its names’ bytes', async function () {
    this.timeout(60_000);
    const scratch = temporaryFolder();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(root, async (tree) => {
        const path = join(scratch, String(run++));
        write(path, tree);
        const { file, entries } = await packageLayer({ path });
        const wanted = expected(tree).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const read = await readWithYauzl(file);
        assert.deepEqual(
          read.map((entry) => [entry.name, entry.mode.toString(8)]),
          wanted.map(([path, mode]) => [path, mode]),
        );
        assert.ok(read.every((entry, index) => entry.content.equals(wanted[index]?.[2] ?? Buffer.alloc(0))));
        assert.equal(entries, wanted.length);
      }),
      { numRuns: 12 },
    );
  });
});
