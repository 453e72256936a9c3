/** A place in a source file that a line of a log names. */
export interface SourcePath {
  /** Where the name stands in the line: first character, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /**
   * `absolute` and `relative` paths are as written; of a `class` (Java) only the end of the path is known, by its
   * package.
   */
  readonly kind: 'absolute' | 'relative' | 'class';
  readonly path: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Longer lines are looked at up to here: what follows is data. */
const maxLength = 5000;

type Groups = Readonly<Record<string, string | undefined>>;

/**
 * How the stack traces of languages name places. The name itself is the group `name`; earlier patterns win where
 * they overlap. Each looks at a character a few times at most, since logs hold all kinds of text.
 */
const patterns: readonly RegExp[] = [
  // Node.js: at handler (/var/task/my file.js:9:13)
  /\((?<name>(?<path>(?:file:\/\/)?\/[^():]+):(?<line>\d+):(?<column>\d+))\)/dg,
  // Python: File "/var/task/app.py", line 12, in handler
  /File (?<name>"(?<path>[^"]+)", line (?<line>\d+))/dg,
  // Java, Kotlin, Scala: at com.example.Handler.handle(Handler.java:12)
  /\bat (?<frame>[\w$./<>-]+)\((?<name>(?<file>[\w$]+\.(?:java|kt|scala|groovy)):(?<line>\d+))\)/dg,
  // Bash: /var/task/hello.sh: line 12: foo: command not found
  /(?<![\w@.+/:-])(?<name>(?<path>[\w@.+/-]+): line (?<line>\d+))/dg,
  // Node.js, Go, Rust, Ruby and most others: /var/task/main.go:12 or src/main.rs:12:5
  /(?<![\w@.+/:-])(?<name>(?<path>(?:file:\/\/)?[\w@.+/-]+):(?<line>\d+)(?::(?<column>\d+))?)(?![\w.])/dg,
];

/** What tells a file from an address or a version: an ending that begins with a letter. */
const fileEnding = /\.[A-Za-z]\w{0,9}$/;

/** Finds the places in source files that a line of a log names, from left to right. */
export function findSourcePaths(line: string): SourcePath[] {
  const text = line.slice(0, maxLength);
  const found: SourcePath[] = [];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices?.groups?.['name'] ?? [0, 0];
      const place = placeOf(match.groups ?? {});
      const overlaps = found.some((other) => start < other.end && other.start < end);
      if (!overlaps && fileEnding.test(place.path)) found.push({ start, end, ...place });
    }
  }
  return found.sort((left, right) => left.start - right.start);
}

function placeOf(groups: Groups): Omit<SourcePath, 'start' | 'end'> {
  const { column, file, frame = '', line } = groups;
  const position = {
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
  if (file !== undefined) return { kind: 'class', path: `${packageFolder(frame)}${file}`, ...position };
  const path = (groups['path'] ?? '').replace(/^file:\/\//, '');
  return { kind: path.startsWith('/') ? 'absolute' : 'relative', path, ...position };
}

/** The folder that a Java frame's package stands for: `java.base/com.example.Handler.run` → `com/example/`. */
function packageFolder(frame: string): string {
  const names = frame.slice(frame.lastIndexOf('/') + 1).split('.');
  return names
    .slice(0, -2) // without class and method
    .map((name) => `${name}/`)
    .join('');
}
