import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { UserError, type UserErrorCode } from '../../../../src/core/base/errors.ts';
import { EntryTable } from '../../../../src/core/packaging/entryTable.ts';
import { packBatch } from '../../../../src/core/packaging/packBatch.ts';
import { packageLayer, type PackageLayerRequest } from '../../../../src/core/packaging/packageLayer.ts';
import type { PackagingPhase } from '../../../../src/core/packaging/packagingProgress.ts';
import { deflateBlock, digestFile } from '../../../../src/core/packaging/packLargeFile.ts';
import { scanFolder } from '../../../../src/core/packaging/scanFolder.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';

const isUserError =
  (code: UserErrorCode, named: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code);
    assert.ok(error.message.includes(named), `"${error.message}" does not name ${named}`);
    return true;
  };

describe('packaging what cannot be packaged', () => {
  const temporaryFolder = useTemporaryFolders();

  /** Packages into a folder of its own, which has to stay as it is, and expects a `UserError` that names something. */
  async function refuses(request: PackageLayerRequest, code: UserErrorCode, named: string): Promise<void> {
    const folder = temporaryFolder();
    const output = join(folder, 'layer.zip');
    writeFileSync(output, 'older');
    await assert.rejects(packageLayer({ output, ...request }), isUserError(code, named));
    assert.deepEqual(readdirSync(folder), ['layer.zip']);
    assert.equal(readFileSync(output, 'utf8'), 'older');
  }

  it('refuses a folder that does not exist, a file, and a folder with nothing in it', async () => {
    const scratch = writeTree(temporaryFolder(), { file: 'x', 'empty/.DS_Store': 'x' });
    await refuses({ path: join(scratch, 'missing') }, 'PathNotFound', 'missing');
    await refuses({ path: join(scratch, 'file') }, 'LayerReferenceInvalid', 'file');
    await refuses({ path: join(scratch, 'empty') }, 'LayerReferenceInvalid', 'empty');
  });

  it('refuses a layout that no runtime searches', async () => {
    const path = writeTree(temporaryFolder(), { a: 'a' });
    for (const layout of ['', 'python/', '../python', 'node', 'python/lib/python2.7/site-packages']) {
      await refuses({ path, layout }, 'ConfigurationInvalid', `"${layout}"`);
    }
  });

  it('refuses an output that is a folder or in a folder that does not exist', async () => {
    const path = writeTree(temporaryFolder(), { a: 'a' });
    await refuses({ path, output: path }, 'OutputInvalid', path);
    await refuses({ path, output: join(path, 'missing', 'layer.zip') }, 'OutputInvalid', 'missing');
  });

  it('names a pipe', async () => {
    const path = writeTree(temporaryFolder(), { a: 'a' });
    execFileSync('mkfifo', [join(path, 'pipe')]);
    await refuses({ path }, 'ArchiveEntryInvalid', join(path, 'pipe'));
  });

  it('names a socket', async () => {
    const path = temporaryFolder();
    const server = createServer().listen(join(path, 'socket'));
    await once(server, 'listening');
    try {
      await refuses({ path }, 'ArchiveEntryInvalid', join(path, 'socket'));
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('names what has a name that a layer cannot hold', async () => {
    const names = ['back\\slash', 'line\nfeed', 'bell\u0007', 'delete\u007f'];
    for (const name of names) {
      const path = writeTree(temporaryFolder(), { [`below/${name}`]: 'x' });
      await refuses({ path }, 'ArchiveEntryInvalid', JSON.stringify(`below/${name}`));
    }
  });

  it('names what has a name that is no UTF-8', async () => {
    const path = temporaryFolder();
    writeFileSync(Buffer.concat([Buffer.from(`${path}/latin-`), Buffer.from([0xe9])]), 'x');
    await refuses({ path }, 'ArchiveEntryInvalid', 'latin-');
  });

  it('names a file and a folder that may not be read', () => {
    const root = writeTree(temporaryFolder(), { 'open/secret.txt': 'x', 'closed/a.txt': 'x' });
    const request = { root, prefix: '', platform: process.platform, output: undefined };
    const { table } = scanFolder(request, () => undefined);
    chmodSync(join(root, 'open/secret.txt'), 0o000);
    chmodSync(join(root, 'closed'), 0o000);
    const pack = (): unknown =>
      packBatch({ root, prefixLength: 0, platform: process.platform, table, from: 1, to: table.count });
    withoutPrivileges(root, () => {
      assert.throws(pack, isUserError('ArchiveEntryInvalid', join(root, 'open/secret.txt')));
      assert.throws(
        () => scanFolder(request, () => undefined),
        isUserError('ArchiveEntryInvalid', join(root, 'closed')),
      );
    });
  });

  it('rejects with what a listener throws, and leaves nothing behind', async () => {
    const path = writeTree(temporaryFolder(), { a: 'a', b: 'b'.repeat(2e6) });
    for (const phase of ['scan', 'compress', 'write'] as const) {
      const folder = temporaryFolder();
      const onProgress = (progress: { phase: PackagingPhase }): void => {
        if (progress.phase === phase) throw new Error(`broken in ${phase}`);
      };
      const packaging = packageLayer({ path, output: join(folder, 'layer.zip') }, { onProgress });
      await assert.rejects(packaging, { message: `broken in ${phase}` });
      assert.deepEqual(readdirSync(folder), []);
    }
  });
});

describe('packaging a folder that changes meanwhile', () => {
  const temporaryFolder = useTemporaryFolders();
  const large = 'x'.repeat(1_500_000);

  /** Lists a folder with one file, changes it, and expects reading it to fail with its name. */
  function notices(content: string, change: (file: string) => void): void {
    const root = writeTree(temporaryFolder(), { file: content });
    const platform = process.platform;
    const { table } = scanFolder({ root, prefix: '', platform, output: undefined }, () => undefined);
    const file = join(root, 'file');
    change(file);
    const source = { root, prefixLength: 0, platform, table };
    const size = new EntryTable(table).sizes[0] ?? 0;
    const expected = isUserError('ArchiveEntryInvalid', file);
    if (content.length < 1 << 20) assert.throws(() => packBatch({ ...source, from: 0, to: 1 }), expected);
    else {
      assert.throws(() => {
        deflateBlock({ ...source, index: 0, start: 1 << 20, end: size });
        digestFile({ ...source, index: 0 });
      }, expected);
    }
  }

  for (const [size, content] of Object.entries({ small: 'before', large })) {
    it(`names a ${size} file that grew`, () =>
      notices(content, (file) => writeFileSync(file, `${content}!`)));
    it(`names a ${size} file that shrank`, () =>
      notices(content, (file) => writeFileSync(file, content.slice(1))));
    it(`names a ${size} file that vanished`, () => notices(content, (file) => rmSync(file)));
    it(`names a ${size} file that became a link`, () =>
      notices(content, (file) => {
        rmSync(file);
        symlinkSync('/etc/hostname', file);
      }));
    it(`names a ${size} file that became a folder`, () =>
      notices(content, (file) => {
        rmSync(file);
        mkdirSync(file);
      }));
  }

  it('does not wait for a pipe that took the place of a file', () =>
    notices('before', (file) => {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    }));
});

describe('cancelling packaging', () => {
  const temporaryFolder = useTemporaryFolders();

  it('does nothing when it is cancelled before it starts', async () => {
    const path = writeTree(temporaryFolder(), { a: 'a' });
    const output = join(temporaryFolder(), 'layer.zip');
    await assert.rejects(packageLayer({ path, output }, { signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
  });

  for (const phase of ['scan', 'compress', 'write'] as const) {
    it(`leaves nothing behind and an older output alone in the phase ${phase}`, async () => {
      const path = writeTree(temporaryFolder(), { large: 'x'.repeat(3e6) });
      for (let index = 0; index < 600; index++)
        writeFileSync(join(path, `f${index}`), `${index}`.repeat(1000));
      const folder = temporaryFolder();
      const output = join(folder, 'layer.zip');
      writeFileSync(output, 'older');
      const controller = new AbortController();
      const onProgress = (progress: { phase: PackagingPhase }): void => {
        if (progress.phase === phase) controller.abort();
      };
      await assert.rejects(packageLayer({ path, output }, { signal: controller.signal, onProgress }), {
        name: 'AbortError',
      });
      assert.deepEqual(readdirSync(folder), ['layer.zip']);
      assert.equal(readFileSync(output, 'utf8'), 'older');
    });
  }
});

/** Lets a superuser run `action` as somebody to whom the modes of `folder` apply. */
function withoutPrivileges(folder: string, action: () => void): void {
  if (process.geteuid?.() !== 0 || process.seteuid === undefined) {
    action();
    return;
  }
  const nobody = 65_534;
  for (const path of ['.', 'open', 'closed', 'open/secret.txt'])
    chownSync(join(folder, path), nobody, nobody);
  process.seteuid(nobody);
  try {
    action();
  } finally {
    process.seteuid(0);
  }
}
