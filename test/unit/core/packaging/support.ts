import { execFileSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { openPromise } from 'yauzl';

/** An entry as somebody else's reader sees it. */
export interface ReadEntry {
  readonly name: string;
  /** Unix mode with the bits of the kind. */
  readonly mode: number;
  readonly content: Buffer;
}

/** Reads a zip with `yauzl`, in the order of its directory. */
export async function readWithYauzl(file: string): Promise<ReadEntry[]> {
  const zip = await openPromise(file, { autoClose: false });
  const entries: ReadEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    const content = await buffer(await zip.openReadStreamPromise(entry));
    entries.push({ name: entry.fileName, mode: entry.externalFileAttributes >>> 16, content });
  }
  zip.close();
  return entries;
}

/** What Python says of one entry. */
export interface PythonEntry {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly flags: number;
  readonly host: number;
  readonly date: readonly number[];
  readonly extra: string;
}

const listing = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    bad = archive.testzip()
    if bad is not None: sys.exit('damaged: ' + bad)
    print(json.dumps([dict(name=i.filename, mode=i.external_attr >> 16, size=i.file_size, packedSize=i.compress_size,
        method=i.compress_type, flags=i.flag_bits, host=i.create_system, date=i.date_time, extra=i.extra.hex())
        for i in archive.infolist()]))
`;

/** Lists a zip with Python's `zipfile`, after it has checked every content against its CRC. */
export function listWithPython(file: string): PythonEntry[] {
  const output = execFileSync('python3', ['-c', listing, file], { maxBuffer: 1 << 28, encoding: 'utf8' });
  return JSON.parse(output) as PythonEntry[];
}
