import type { EntryIssue } from '../opt/layerTree.ts';
import type { LayerTree } from '../opt/layerTree.ts';
import { Slices } from '../opt/slices.ts';
import type { Check } from './checkContext.ts';
import type { FamilyFinding, Place, Severity } from './finding.ts';

type Report = (finding: FamilyFinding) => void;

interface IssueText {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
}

const packAgain = 'Create the archive again, or remove the entry.';

const issueTexts: Readonly<Record<EntryIssue['issue'], IssueText>> = {
  escapes: {
    code: 'nameEscapes',
    severity: 'error',
    message: 'has a name that leads out of the layer; it does not arrive in /opt',
    help: packAgain,
  },
  absolute: {
    code: 'nameAbsolute',
    severity: 'error',
    message: 'has an absolute name; it does not arrive where it says',
    help: packAgain,
  },
  invalidName: {
    code: 'nameInvalid',
    severity: 'error',
    message: 'has a name that no file on Linux can have; it does not arrive in /opt',
    help: packAgain,
  },
  duplicate: {
    code: 'duplicateEntry',
    severity: 'warning',
    message: 'is in the layer once more; only the last one of the name counts',
    help: 'Remove the entries that a later one of the same name replaces.',
  },
  kindConflict: {
    code: 'entryKindConflict',
    severity: 'error',
    message:
      'is a directory in one place of the archive and a file or link in another; extraction cannot do both',
    help: packAgain,
  },
  belowNonDirectory: {
    code: 'entryBelowFile',
    severity: 'error',
    message: 'lies below something that is no directory; it does not arrive in /opt',
    help: packAgain,
  },
  special: {
    code: 'specialFile',
    severity: 'warning',
    message: 'is a device, socket or pipe; it does not arrive in /opt',
    help: 'Remove it.',
  },
};

/** What an archive must not hold: names that escape, entries that hide others or cannot be read. */
export const checkArchive: Check = async ({ sources, signal }, report) => {
  for (const { place, tree } of sources) {
    for (const message of tree.source.warnings) {
      report({
        code: 'containerWarning',
        severity: 'warning',
        layer: place,
        message,
        help: 'Create the archive again.',
      });
    }
    reportIssues(place, tree, report);
    await checkEntries(place, tree, new Slices(signal), report);
  }
};

function reportIssues(place: Place, tree: LayerTree, report: Report): void {
  const { entries } = tree.source;
  const withName = (entry: number) => ({ entry, name: entries.name(entry) });
  const duplicates = tree.issues
    .filter(({ issue }) => issue === 'duplicate')
    .map(({ entry }) => withName(entry));
  for (const { entry, issue } of tree.issues) {
    const { code, severity, message, help } = issueTexts[issue];
    const dropped = withName(entry);
    report({
      code,
      severity,
      layer: place,
      path: dropped.name,
      message: `The entry ${quote(dropped.name)} ${message}.`,
      help,
      // One rewrite takes out all duplicates: an archive that still has some cannot be written.
      fix: { type: 'dropEntries', entries: issue === 'duplicate' ? duplicates : [dropped] },
    });
  }
}

async function checkEntries(place: Place, tree: LayerTree, slices: Slices, report: Report): Promise<void> {
  const { entries } = tree.source;
  for (let entry = 0; entry < entries.count; entry++) {
    if (entry % 256 === 0 && slices.due()) await slices.pause();
    const about = (): { layer: Place; path: string } => ({ layer: place, path: entries.name(entry) });
    checkContent(tree, entry, about, report);
    checkCharacters(tree, entry, about, report);
    if ((entries.mode(entry) & 0o6000) !== 0 && entries.kind(entry) === 'file') {
      const { path } = about();
      report({
        code: 'setuidDropped',
        severity: 'warning',
        ...about(),
        message: `${quote(path)} has a set-user-id or set-group-id bit, which has no effect on Lambda.`,
        help: 'Do not rely on it: everything runs as the same user.',
        fix: { type: 'setModes', modes: [{ name: path, mode: entries.mode(entry) & 0o777 }] },
      });
    }
  }
}

type About = () => { layer: Place; path: string };

function checkContent({ source }: LayerTree, entry: number, about: About, report: Report): void {
  const problem = source.entries.problem(entry);
  if (problem === undefined || source.entries.kind(entry) === 'special') return;
  const { layer, path } = about();
  report({
    code: 'entryUnreadable',
    severity: 'error',
    layer,
    path,
    message: `The entry ${quote(path)} cannot be extracted: ${problem}.`,
    help: packAgain,
    fix: { type: 'dropEntries', entries: [{ entry, name: path }] },
  });
}

/** Looks at the bytes, so that names without such characters need no decoding. */
function checkCharacters({ source }: LayerTree, entry: number, about: About, report: Report): void {
  const { nameBytes } = source.entries;
  const end = source.entries.nameEnd(entry);
  let hasBackslash = false;
  let hasControl = false;
  for (let at = source.entries.nameStart(entry); at < end; at++) {
    const byte = nameBytes[at] ?? 0;
    if (byte === 0x5c) hasBackslash = true;
    else if ((byte < 0x20 && byte !== 0) || byte === 0x7f) hasControl = true;
  }
  if (!hasBackslash && !hasControl) return;
  const { layer, path } = about();
  if (hasBackslash) {
    report({
      code: 'backslashInName',
      severity: 'error',
      layer,
      path,
      message: `${quote(path)} has a backslash in its name: on Lambda it is one flat file of that name, not in a folder.`,
      help: 'Create the archive again with forward slashes; old Windows tools write backslashes.',
    });
  }
  if (hasControl) {
    report({
      code: 'controlCharacter',
      severity: 'warning',
      layer,
      path,
      message: `${quote(path)} has a control character in its name; terminals and tools stumble over it.`,
      help: 'Rename it.',
    });
  }
}

/** JSON's quoting shows control characters instead of sending them to a terminal. */
function quote(name: string): string {
  return name.includes('\\') ? `"${name}"` : JSON.stringify(name);
}
