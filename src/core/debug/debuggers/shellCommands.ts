/** A command of a shell script. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
}

/**
 * The commands that a shell script becomes, as far as reading it tells: what it hands over to with `exec`, and its
 * last line, unless that ends a loop or a condition. What it merely calls on the way does not count.
 */
export function commandsOf(script: string): ShellCommand[] {
  const commands = logicalLines(script).flatMap(({ text, line }) =>
    text.split(/(?:&&|\|\||;)\s*/).map((part) => ({ words: wordsOf(part), line })),
  );
  const written = commands.filter(({ words }) => words.length > 0);
  const handovers = written.filter(({ words }) => skipAssignments(words)[0] === 'exec');
  const last = written.at(-1);
  const all = last === undefined || handovers.includes(last) ? handovers : [...handovers, last];
  return all.filter(({ words }) => programOf(words) !== undefined);
}

/**
 * The program that the words of a command name: past variables, `exec`, `env` and the dynamic loader with their
 * options. Words that are a variable of the script count by their ending, `"$JAVA_HOME/bin/java"` as `java`.
 */
export function programOf(words: readonly string[]): string | undefined {
  const [first, ...rest] = skipAssignments(words);
  if (first === undefined || /[()<>|&]/.test(first)) return undefined;
  if (first === 'exec') return programOf(skipOptions(rest, ['-a']));
  const name = first.slice(first.lastIndexOf('/') + 1);
  if (name === 'env') return programOf(skipOptions(rest, ['-u', '-C']));
  if (/^ld(-linux.*|-musl.*)?\.so/.test(name)) return programOf(skipOptions(rest, loaderOptions));
  return first;
}

const loaderOptions = ['--library-path', '--argv0', '--preload', '--audit', '--inhibit-rpath'];

function skipAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^\w+=/.test(word));
  return start < 0 ? [] : words.slice(start);
}

function skipOptions(words: readonly string[], withValue: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith('-') === true) at += withValue.includes(words[at] ?? '') ? 2 : 1;
  return words.slice(at);
}

/** Lines with their continuations, without comments, and without the text of here-documents. */
function logicalLines(script: string): { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let end: string | undefined;
  let continued = '';
  for (const [index, raw] of script.split(/\r?\n/).entries()) {
    if (end !== undefined) {
      if (raw.trim() === end) end = undefined;
      continue;
    }
    const text = continued + raw;
    continued = '';
    if (text.endsWith('\\')) {
      continued = `${text.slice(0, -1)} `;
      continue;
    }
    end = /(?<!<)<<-?\s*['"]?(\w+)/.exec(text)?.[1];
    if (!/^\s*(#|$)/.test(text)) lines.push({ text: text.trim(), line: index + 1 });
  }
  return lines;
}

/** Splits at blanks outside of quotes, takes the quotes away, and a variable's default for its value. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replaceAll(/['"]/g, '').replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1'));
}
