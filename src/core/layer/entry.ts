/** What an entry of a layer is; `special` stands for devices, sockets and pipes, which Lambda does not extract. */
export type EntryKind = 'file' | 'directory' | 'link' | 'special';

const fileTypeMask = 0o170000;
const fileTypes = { directory: 0o040000, file: 0o100000, link: 0o120000 } as const;

/** Permission bits that extraction gives where an archive says nothing: what `unzip` and Lambda do. */
export const defaultModes = { file: 0o644, directory: 0o755, link: 0o777, special: 0o644 } as const;

/** Reads the kind from `st_mode` bits; no type bits at all means a plain file. */
export function kindOfMode(mode: number): EntryKind {
  switch (mode & fileTypeMask) {
    case fileTypes.directory:
      return 'directory';
    case fileTypes.link:
      return 'link';
    case fileTypes.file:
    case 0:
      return 'file';
    default:
      return 'special';
  }
}

/**
 * The entries of one layer, addressed by number. Facts are computed when asked for, so that opening a layer of
 * 50,000 entries stays a matter of milliseconds.
 */
export interface LayerEntries {
  readonly count: number;
  /** Holds the UTF-8 names of all entries; `nameStart` and `nameEnd` say where. */
  readonly nameBytes: Uint8Array;
  nameStart(entry: number): number;
  nameEnd(entry: number): number;
  /** The name as stored, for messages and display. */
  name(entry: number): string;
  kind(entry: number): EntryKind;
  /** Permission bits (`0o7777`). */
  mode(entry: number): number;
  /** Unzipped size in bytes; of a link, the length of its target. */
  size(entry: number): number;
  /** Modification time in milliseconds since the epoch. */
  modified(entry: number): number;
  /** Why the content cannot be read, in words, or `undefined`. */
  problem(entry: number): string | undefined;
}
