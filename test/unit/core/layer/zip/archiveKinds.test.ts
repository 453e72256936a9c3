import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import { openLayer } from '../../../../../src/core/layer/layerSource.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { writeTree } from '../../../../support/tree.ts';
import {
  extraField,
  python,
  type RawArchive,
  type RawEntry,
  zipBytes,
  zipFolder,
} from '../../../../support/zip.ts';

/** What all readers must agree on about one entry. */
interface Facts {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

describe('Archives of every kind', () => {
  const temporaryFolder = useTemporaryFolders();

  function write(bytes: Buffer): string {
    const file = join(temporaryFolder(), 'layer.zip');
    writeFileSync(file, bytes);
    return file;
  }

  const open = (entries: readonly RawEntry[], archive?: RawArchive) =>
    openLayer(write(zipBytes(entries, archive)));

  describe('made by Python', () => {
    const programs: Record<string, string> = {
      'stored and deflated':
        "z.writestr('a', b'x' * 5000); z.writestr('b', b'y' * 5000, zipfile.ZIP_DEFLATED)",
      'an empty archive': 'pass',
      'empty files and directories': "z.writestr('e', b''); z.mkdir('d'); z.writestr('d/e', b'', 8)",
      'a zip64 entry': "\nwith z.open('big', 'w', force_zip64=True) as f: f.write(b'zip64 ' * 100)",
      'a UTF-8 name with its flag': "z.writestr('größe/日本.py', b'1')",
      'a comment of an archive and of an entry':
        "i = zipfile.ZipInfo('a'); i.comment = b'entry'; z.writestr(i, b'1'); z.comment = b'c' * 60000",
      'random data': "import random; z.writestr('r', random.Random(7).randbytes(300000), 8)",
    };
    for (const [kind, program] of Object.entries(programs)) {
      it(`are read as Python and yauzl read them: ${kind}`, async () => {
        const file = join(temporaryFolder(), 'layer.zip');
        python(
          `import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n pass; ${program.replace('\n', '\n ')}`,
          file,
        );
        await agree(file);
      });
    }

    it('are read when written to a pipe, with sizes behind the data', async () => {
      const file = join(temporaryFolder(), 'layer.zip');
      const program = `
import sys, zipfile
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): pass
with open(sys.argv[1], 'wb') as f, zipfile.ZipFile(Pipe(f), 'w', 8) as z:
    z.writestr('python/a.py', b'print(1)' * 100)
    z.writestr('b', b'')
`;
      python(program, file);
      assert.equal(readFileSync(file).readUInt16LE(6) & 8, 8);
      await agree(file);
    });

    it('are read with more than 65,535 entries', async function () {
      this.timeout(60_000);
      const file = join(temporaryFolder(), 'layer.zip');
      const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for i in range(65540): z.writestr(zipfile.ZipInfo('d%d/f%d' % (i % 100, i)), b'%d' % i)
`;
      python(program, file);
      const { entries, warnings, read } = await openLayer(file);
      assert.equal(entries.count, 65_540);
      assert.deepEqual(warnings, []);
      assert.equal(entries.name(65_539), 'd39/f65539');
      assert.equal(Buffer.from(await read(65_539)).toString(), '65539');
    });

    it('are read when appended to another file', async () => {
      const file = write(Buffer.from('#!/bin/sh\nexit 1\n'));
      python("import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'a') as z: z.writestr('a', b'1')", file);
      await agree(file);
    });
  });

  describe('made by the system’s zip', () => {
    const tree = {
      bootstrap: { text: '#!/bin/sh\n', mode: 0o755 },
      'lib/libz.so.1': 'library'.repeat(3000),
      'lib/libz.so': { link: 'libz.so.1' },
      'private/key': { text: 'k', mode: 0o600 },
      empty: { directory: 0o750 },
      'ä ö/ü': 'name without the UTF-8 flag',
    } as const;

    it('keep modes, links and empty directories', async () => {
      const work = temporaryFolder();
      const file = zipFolder(writeTree(join(work, 'layer'), tree), join(work, 'layer.zip'));
      const { entries, readLink } = await openLayer(file);
      const byName = new Map(
        Array.from({ length: entries.count }, (_, entry) => [entries.name(entry), entry]),
      );
      const facts = (name: string) => {
        const entry = byName.get(name) ?? assert.fail(name);
        return [entries.kind(entry), entries.mode(entry).toString(8)];
      };
      assert.deepEqual(facts('bootstrap'), ['file', '755']);
      assert.deepEqual(facts('private/key'), ['file', '600']);
      assert.deepEqual(facts('empty/'), ['directory', '750']);
      assert.deepEqual(facts('lib/libz.so'), ['link', '777']);
      assert.equal(await readLink(byName.get('lib/libz.so') ?? -1), 'libz.so.1');
      await agree(file);
    });

    it('are read when written to a pipe', async () => {
      const work = temporaryFolder();
      const folder = writeTree(join(work, 'layer'), tree);
      const file = join(work, 'layer.zip');
      writeFileSync(file, execFileSync('sh', ['-c', 'zip -qry - . | cat'], { cwd: folder }));
      await agree(file);
    });

    it('say when a file was changed, to the second', async () => {
      const work = temporaryFolder();
      const folder = writeTree(join(work, 'layer'), { a: '1' });
      execFileSync('touch', ['-d', '2001-02-03T04:05:07Z', join(folder, 'a')]);
      const { entries } = await openLayer(zipFolder(folder, join(work, 'layer.zip')));
      const stamp = Array.from({ length: entries.count }, (_, entry) => entry).find(
        (entry) => entries.name(entry) === 'a',
      );
      assert.equal(entries.modified(stamp ?? -1), Date.UTC(2001, 1, 3, 4, 5, 7));
    });
  });

  describe('with odd names', () => {
    const cases: Record<string, { entry: RawEntry; name: string }> = {
      'UTF-8 without its flag': { entry: { name: 'größe' }, name: 'größe' },
      'code page 437': { entry: { name: Buffer.from([0x84, 0x2e, 0x70, 0x79]) }, name: 'ä.py' },
      'a Unicode path beside a plain one': {
        entry: { name: '__.py', extra: unicodePath('__.py', 'ä日.py') },
        name: 'ä日.py',
      },
      'a Unicode path that belongs to another name': {
        entry: { name: 'new.py', extra: unicodePath('old.py', 'ä.py') },
        name: 'new.py',
      },
      'names of object members': { entry: { name: '__proto__' }, name: '__proto__' },
    };
    for (const [kind, { entry, name }] of Object.entries(cases)) {
      it(`are decoded: ${kind}`, async () => {
        const { entries, read } = await open([{ ...entry, data: 'content' }, { name: 'next' }]);
        assert.equal(entries.name(0), name);
        const bytes = entries.nameBytes.subarray(entries.nameStart(0), entries.nameEnd(0));
        assert.equal(Buffer.from(bytes).toString(), name);
        assert.equal(entries.name(1), 'next');
        assert.equal(Buffer.from(await read(0)).toString(), 'content');
      });
    }

    it('are decoded as Python decodes each byte of code page 437', async () => {
      const bytes = Buffer.from(Array.from({ length: 128 }, (_, index) => 128 + index));
      const { entries } = await open([{ name: bytes }]);
      assert.equal(entries.name(0), python("print(bytes(range(128, 256)).decode('cp437'), end='')"));
    });
  });

  describe('with odd facts', () => {
    const modes: Record<string, { entry: RawEntry; expected: readonly [string, string] }> = {
      'a DOS host, whose mode bits mean nothing': {
        entry: { name: 'a', host: 0, mode: 0o120777 },
        expected: ['file', '644'],
      },
      'a DOS host’s directory': { entry: { name: 'a/', host: 0, mode: 0 }, expected: ['directory', '755'] },
      'a macOS host': { entry: { name: 'a', host: 19, mode: 0o100755 }, expected: ['file', '755'] },
      'mode bits without a type': { entry: { name: 'a', mode: 0o750 }, expected: ['file', '750'] },
      'no mode at all': { entry: { name: 'a', mode: 0 }, expected: ['file', '644'] },
      'a mode that lets nobody in': { entry: { name: 'a', mode: 0o100000 }, expected: ['file', '0'] },
      'a directory without a slash': { entry: { name: 'a', mode: 0o040700 }, expected: ['directory', '700'] },
      'a set-uid program': { entry: { name: 'a', mode: 0o104755 }, expected: ['file', '4755'] },
      'a pipe': { entry: { name: 'a', mode: 0o010644 }, expected: ['special', '644'] },
    };
    for (const [kind, { entry, expected }] of Object.entries(modes)) {
      it(`have a kind and a mode: ${kind}`, async () => {
        const { entries } = await open([entry]);
        assert.deepEqual([entries.kind(0), entries.mode(0).toString(8)], expected);
      });
    }

    it('are read with bytes before them, and say so', async () => {
      for (const method of ['stored', 'deflated'] as const) {
        const { warnings, read } = await open([{ name: 'a', data: 'content', method }], {
          prefix: Buffer.alloc(400, 7),
        });
        assert.match(warnings.join(), /400 bytes before/);
        assert.equal(Buffer.from(await read(0)).toString(), 'content');
      }
    });

    it('are read as the second one where two stand one after the other', async () => {
      const { entries, read } = await open([{ name: 'same', data: 'new' }], {
        prefix: zipBytes([{ name: 'same', data: 'old' }]),
      });
      assert.equal(entries.count, 1);
      assert.equal(Buffer.from(await read(0)).toString(), 'new');
    });

    it('are read with bytes after them', async () => {
      for (const length of [1, 500, 8000]) {
        const { read } = await open([{ name: 'a', data: 'content' }], { trailing: Buffer.alloc(length) });
        assert.equal(Buffer.from(await read(0)).toString(), 'content');
      }
    });

    it('are read with the longest comment, and with signatures in it', async () => {
      for (const comment of [Buffer.alloc(65_535, 'c'), Buffer.from(`PK\x05\x06${'x'.repeat(30)}`)]) {
        const { read } = await open([{ name: 'a', data: 'content' }], { comment });
        assert.equal(Buffer.from(await read(0)).toString(), 'content');
      }
    });

    it('are read with data descriptors, with and without their signature', async () => {
      for (const descriptor of ['with signature', 'without signature'] as const) {
        for (const method of ['stored', 'deflated'] as const) {
          const source = await open([
            { name: 'a', data: 'content', method, descriptor },
            { name: 'b', data: 'next' },
          ]);
          assert.equal(Buffer.from(await source.read(0)).toString(), 'content');
          assert.equal(Buffer.from(await source.read(1)).toString(), 'next');
        }
      }
    });

    it('take their names from the directory, not from local headers', async () => {
      const { entries, read } = await open([
        { name: 'shown', localName: 'hidden-and-longer', data: 'content' },
      ]);
      assert.equal(entries.name(0), 'shown');
      assert.equal(Buffer.from(await read(0)).toString(), 'content');
    });

    it('tell when they claim another number of entries', async () => {
      const { entries, warnings } = await open([{ name: 'a' }, { name: 'b' }], { count: 1 });
      assert.equal(entries.count, 2);
      assert.match(warnings.join(), /2 entries but claims 1/);
    });

    it('keep sizes of a directory with data out of the sum', async () => {
      const { entries } = await open([{ name: 'd/', data: 'data', mode: 0o040755 }]);
      assert.equal(entries.size(0), 0);
      assert.equal(entries.problem(0), undefined);
    });
  });
});

/** Our reader, Python's zipfile and yauzl must tell the same about every entry. */
async function agree(file: string): Promise<void> {
  const ours = await readOurs(file);
  assert.deepEqual(ours, readWithPython(file));
  assert.deepEqual(ours, await readWithYauzl(file));
}

async function readOurs(file: string): Promise<Facts[]> {
  const { entries, read } = await openLayer(file);
  const facts: Facts[] = [];
  for (let entry = 0; entry < entries.count; entry++) {
    const content = await read(entry);
    facts.push({ name: entries.name(entry), size: entries.size(entry), sha256: digest(content) });
  }
  return facts;
}

function readWithPython(file: string): Facts[] {
  const program = `
import sys, json, hashlib, zipfile
def decode(i):
    if i.flag_bits & 0x800: return i.filename
    raw = i.filename.encode('cp437')
    try: return raw.decode()
    except UnicodeDecodeError: return i.filename
with zipfile.ZipFile(sys.argv[1]) as z:
    print(json.dumps([{'name': decode(i), 'size': i.file_size,
                       'sha256': hashlib.sha256(z.read(i)).hexdigest()} for i in z.infolist()]))
`;
  return JSON.parse(python(program, file)) as Facts[];
}

async function readWithYauzl(file: string): Promise<Facts[]> {
  const zip = await yauzl.openPromise(file, { decodeStrings: false, autoClose: false });
  const facts: Facts[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const stream = await zip.openReadStreamPromise(entry);
      const hash = createHash('sha256');
      for await (const chunk of stream) hash.update(chunk as Buffer);
      const name = Buffer.from(entry.fileNameRaw).toString();
      facts.push({ name, size: entry.uncompressedSize, sha256: hash.digest('hex') });
    }
  } finally {
    zip.close();
  }
  return facts;
}

function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function unicodePath(plain: string, name: string): Buffer {
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeUInt32LE(crc32(plain), 1);
  return extraField(0x7075, Buffer.concat([head, Buffer.from(name)]));
}
