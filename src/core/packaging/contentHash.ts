import { createHash } from 'node:crypto';
import { kindMask } from './entryMode.ts';
import { EntryTable, type SharedEntryTable } from './entryTable.ts';

/** One entry as the content hash sees it. */
export interface HashedEntry {
  /** The stored name, with a slash at the end of a directory. */
  readonly name: string;
  /** Unix mode with the bits of the kind. */
  readonly mode: number;
  /** SHA-256 of the content in hexadecimal; a link's content is its target, a directory's is empty. */
  readonly digest: string;
}

/**
 * The identity of a layer's content, in hexadecimal: unlike the archive's own hash it does not depend on the zlib
 * that deflated it. The SHA-256 of one line `<octal mode> <kind> <sha256> <name>` an entry, each ended by a line
 * feed, in UTF-8, in the order of the names' bytes.
 */
export function hashContent(entries: Iterable<HashedEntry>): string {
  const hash = createHash('sha256');
  let lines = '';
  for (const entry of entries) {
    lines += `${entry.mode.toString(8).padStart(6, '0')} ${kindOf(entry.mode)} ${entry.digest} ${entry.name}\n`;
    if (lines.length < 0x1_0000) continue;
    hash.update(lines);
    lines = '';
  }
  return hash.update(lines).digest('hex');
}

/** The content hash of a table whose rows are complete. */
export function hashTable(request: { readonly table: SharedEntryTable }): { contentHash: string } {
  return { contentHash: hashContent(entriesOf(new EntryTable(request.table))) };
}

function* entriesOf(table: EntryTable): Generator<HashedEntry, void, undefined> {
  for (let index = 0; index < table.count; index++) {
    yield { name: table.name(index), mode: table.modes[index] ?? 0, digest: table.digest(index) };
  }
}

function kindOf(mode: number): string {
  const kind = mode & kindMask;
  return kind === 0o120000 ? 'link' : kind === 0o040000 ? 'directory' : 'file';
}
