/** A change to one layer, as data. Names are entry names as the layer stores them. */
export type FixPlan =
  | { readonly type: 'setModes'; readonly modes: readonly { readonly name: string; readonly mode: number }[] }
  | { readonly type: 'stripParent'; readonly folder: string }
  | { readonly type: 'convertLineEndings'; readonly name: string }
  | { readonly type: 'dropEntries'; readonly entries: readonly DroppedEntry[] };

/** An entry to leave out. The number tells entries of one name apart; the name guards against a changed layer. */
export interface DroppedEntry {
  readonly entry: number;
  readonly name: string;
}

/** What a fix will do, in one line, for a preview. */
export function describeFix(fix: FixPlan): string {
  switch (fix.type) {
    case 'setModes': {
      const [first] = fix.modes;
      const mode = first === undefined ? '' : (first.mode & 0o777).toString(8);
      return fix.modes.length === 1
        ? `Set the mode of "${first?.name ?? ''}" to ${mode}`
        : `Set the modes of ${fix.modes.length} entries, first "${first?.name ?? ''}" to ${mode}`;
    }
    case 'stripParent':
      return `Move everything in "${fix.folder}" to the layer's root`;
    case 'convertLineEndings':
      return `Convert the line endings of "${fix.name}" from CRLF to LF`;
    case 'dropEntries':
      return fix.entries.length === 1
        ? `Remove the entry ${JSON.stringify(fix.entries[0]?.name)}`
        : `Remove ${fix.entries.length} entries, first ${JSON.stringify(fix.entries[0]?.name)}`;
  }
}
