import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A kind of layer to package. */
export interface BenchTree {
  readonly name: string;
  /** Makes the tree in an existing folder; `scale` is its part of the full size, from 0 to 1. */
  generate(folder: string, scale: number): void;
}

/** 200 MB of published packages, 50,000 small files, and two large binaries with links. */
export const benchTrees: readonly BenchTree[] = [
  { name: 'packages', generate: (folder, scale) => copyPackages(folder, 200e6 * scale) },
  { name: 'many files', generate: (folder, scale) => writeTexts(folder, Math.round(50_000 * scale), 2_400) },
  { name: 'binaries', generate: writeBinaries },
];

/** Files of code-like text, up to `maxBytes` long and half that on average, 50 to a folder. */
function writeTexts(folder: string, count: number, maxBytes: number): void {
  const random = randomFrom(count);
  const words = Array.from({ length: 4_000 }, () => randomWord(random));
  for (let index = 0; index < count; index++) {
    const path = join(
      folder,
      'nodejs/node_modules',
      `package-${Math.floor(index / 50)}`,
      `module-${index}.js`,
    );
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, randomText(random, words, Math.round(random() * maxBytes)));
  }
}

/** Files of the packages that this project is built with, again from the start when they do not suffice. */
function copyPackages(folder: string, bytes: number): void {
  const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));
  const files = readdirSync(packages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('/bin'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  let copied = 0;
  for (let round = 0; copied < bytes; round++) {
    for (const file of files) {
      const size = statSync(file).size;
      if (size > 10e6 || copied >= bytes) continue;
      const target = join(folder, `nodejs-${round}`, relative(packages, file));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(file, target);
      copied += size;
    }
  }
}

function writeBinaries(folder: string, scale: number): void {
  mkdirSync(join(folder, 'lib'));
  const size = Math.min(statSync(process.execPath).size, 100e6) * scale;
  for (const [name, position] of Object.entries({ 'libone.so.1.2': 0, 'libtwo.so.3.4': 8e6 })) {
    writeFileSync(join(folder, 'lib', name), readPart(process.execPath, position, Math.round(size)), {
      mode: 0o755,
    });
    symlinkSync(name, join(folder, 'lib', name.slice(0, -2)));
  }
}

function readPart(file: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
  } finally {
    closeSync(descriptor);
  }
}

function randomText(random: () => number, words: readonly string[], length: number): string {
  let text = '';
  while (text.length < length) {
    const rank = Math.floor(words.length * random() ** 3); // few words are common, as in code
    text += `${words[rank] ?? ''}${random() < 0.15 ? ';\n  ' : ' '}`;
  }
  return text.slice(0, length);
}

function randomWord(random: () => number): string {
  return Array.from({ length: 2 + Math.floor(random() * 9) }, () =>
    String.fromCharCode(97 + Math.floor(random() * 26)),
  ).join('');
}

/** Repeatable numbers from 0 to 1 (mulberry32), so that every run measures the same bytes. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
