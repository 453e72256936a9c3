import JSZip from 'jszip';

/** A source of random numbers that a seed decides (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Sound zips to start from: deflated and stored, with links, modes and folders, with and without data descriptors. */
export async function soundZips(): Promise<Buffer[]> {
  const zip = new JSZip();
  const options = { createFolders: false, date: new Date(Date.UTC(2024, 0, 1)) };
  zip.file('bootstrap', '#!/bin/sh\necho "hello"\n', { ...options, unixPermissions: 0o100755 });
  zip.file('lib/', null, { ...options, dir: true, unixPermissions: 0o040755 });
  zip.file('lib/libone.so', 'one'.repeat(2000), { ...options, unixPermissions: 0o100644 });
  zip.file('lib/link.so', 'libone.so', { ...options, unixPermissions: 0o120777 });
  zip.file('lib/ärger.txt', 'ä', { ...options, unixPermissions: 0o100644 });
  for (let index = 0; index < 20; index++) zip.file(`python/m${index}.py`, `x = ${index}\n`, options);
  const generate = (compression: 'STORE' | 'DEFLATE', streamFiles: boolean) =>
    zip.generateAsync({
      type: 'nodebuffer',
      platform: 'UNIX',
      compression,
      streamFiles,
      comment: 'made to break',
    });
  return Promise.all([generate('DEFLATE', false), generate('STORE', false), generate('DEFLATE', true)]);
}

const oddValues = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** One of the zips, broken in one to four ways; the same for the same seed. */
export function mutate(zips: readonly Buffer[], seed: number): Buffer {
  const random = randomFrom(seed);
  let bytes = Buffer.from(zips[random(zips.length)] ?? Buffer.alloc(0));
  for (let round = random(4); round >= 0; round--) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Buffer<ArrayBuffer>, random: (below: number) => number): Buffer<ArrayBuffer> {
  if (bytes.length < 64) return bytes;
  // The second half holds the directory, where most of a reader's decisions are made.
  const at = random(2) === 0 ? random(bytes.length - 4) : bytes.length - 4 - random(bytes.length >> 1);
  switch (random(7)) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      bytes.writeUInt32LE(oddValues[random(oddValues.length)] ?? 0, at);
      return bytes;
    case 2:
      bytes.writeUInt16LE((oddValues[random(oddValues.length)] ?? 0) & 0xffff, at);
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(200))]);
    case 5:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.alloc(random(200), random(256)),
        bytes.subarray(at),
      ]);
    default: {
      const from = random(bytes.length);
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + random(400)),
        bytes.subarray(at),
      ]);
    }
  }
}
