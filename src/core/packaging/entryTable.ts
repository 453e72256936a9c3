/** The columns of an `EntryTable` as memory that all threads share; sent between them without copying. */
export interface SharedEntryTable {
  readonly count: number;
  readonly names: SharedArrayBuffer;
  readonly nameEnds: SharedArrayBuffer;
  readonly modes: SharedArrayBuffer;
  readonly sizes: SharedArrayBuffer;
  readonly packedSizes: SharedArrayBuffer;
  readonly crcs: SharedArrayBuffer;
  readonly methods: SharedArrayBuffer;
  readonly digests: SharedArrayBuffer;
}

/** What is known of an entry before its content is read. */
export interface ScannedEntry {
  /** The stored name in UTF-8, with a slash at the end of a directory. */
  readonly name: Uint8Array;
  /** Unix mode with the bits of the kind. */
  readonly mode: number;
  /** Content length in bytes; a link's content is its target. */
  readonly size: number;
}

const digestBytes = 32;

/**
 * The entries of one archive in their final order, as columns: the scan fills names, modes and sizes, the
 * compressing threads fill the rest, each its own rows. About 60 bytes an entry plus its name.
 */
export class EntryTable {
  readonly shared: SharedEntryTable;
  readonly count: number;
  /** Unix modes with the bits of the kind. */
  readonly modes: Uint32Array;
  /** Content lengths in bytes. */
  readonly sizes: Float64Array;
  /** Stored lengths in bytes. */
  readonly packedSizes: Float64Array;
  /** CRC-32 of the contents. */
  readonly crcs: Uint32Array;
  /** Compression methods: 0 stored, 8 deflated. */
  readonly methods: Uint8Array;
  readonly #names: Buffer;
  readonly #nameEnds: Uint32Array;
  readonly #digests: Buffer;

  constructor(shared: SharedEntryTable) {
    this.shared = shared;
    this.count = shared.count;
    this.modes = new Uint32Array(shared.modes);
    this.sizes = new Float64Array(shared.sizes);
    this.packedSizes = new Float64Array(shared.packedSizes);
    this.crcs = new Uint32Array(shared.crcs);
    this.methods = new Uint8Array(shared.methods);
    this.#names = Buffer.from(shared.names);
    this.#nameEnds = new Uint32Array(shared.nameEnds);
    this.#digests = Buffer.from(shared.digests);
  }

  /** A table of entries that are already in order. */
  static from(entries: readonly ScannedEntry[]): EntryTable {
    const nameBytes = entries.reduce((sum, entry) => sum + entry.name.length, 0);
    const table = new EntryTable(allocate(entries.length, nameBytes));
    let end = 0;
    entries.forEach((entry, index) => {
      table.#names.set(entry.name, end);
      end += entry.name.length;
      table.#nameEnds[index] = end;
      table.modes[index] = entry.mode;
      table.sizes[index] = entry.size;
    });
    return table;
  }

  /** The stored name's bytes, as a view. */
  nameBytes(index: number): Buffer {
    return this.#names.subarray(index === 0 ? 0 : this.#nameEnds[index - 1], this.#nameEnds[index]);
  }

  /** The stored name. */
  name(index: number): string {
    return this.nameBytes(index).toString();
  }

  /** The SHA-256 of the content in hexadecimal. */
  digest(index: number): string {
    return this.#digests.toString('hex', index * digestBytes, (index + 1) * digestBytes);
  }

  setDigest(index: number, digest: Uint8Array): void {
    this.#digests.set(digest, index * digestBytes);
  }

  /** The sum of all contents in bytes: what Lambda counts as the unzipped size. */
  totalSize(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }
}

function allocate(count: number, nameBytes: number): SharedEntryTable {
  return {
    count,
    names: new SharedArrayBuffer(nameBytes),
    nameEnds: new SharedArrayBuffer(count * 4),
    modes: new SharedArrayBuffer(count * 4),
    sizes: new SharedArrayBuffer(count * 8),
    packedSizes: new SharedArrayBuffer(count * 8),
    crcs: new SharedArrayBuffer(count * 4),
    methods: new SharedArrayBuffer(count),
    digests: new SharedArrayBuffer(count * digestBytes),
  };
}
