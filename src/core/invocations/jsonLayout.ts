/** Strings, empty objects and lists, punctuation, and everything else but blanks. */
const tokens = /"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Lays JSON text out over lines, as `JSON.stringify(value, null, 2)` does, but leaves every value as it is written:
 * long numbers keep their digits, strings their escapes. The text has to be valid.
 */
export function prettyJson(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  const newLine = () => `\n${'  '.repeat(depth)}`;
  for (const [token] of text.matchAll(tokens)) {
    const first = token.charAt(0);
    if (first === '{' || first === '[') {
      const isEmpty = token.length > 1;
      if (!isEmpty) depth += 1;
      parts.push(first, isEmpty ? token.slice(-1) : newLine());
    } else if (first === '}' || first === ']') {
      depth -= 1;
      parts.push(newLine(), token);
    } else if (first === ',') parts.push(token, newLine());
    else parts.push(first === ':' ? ': ' : token);
  }
  return parts.join('');
}

/** JSON text without the blanks between its tokens; every value stays as it is written. The text has to be valid. */
export function compactJson(text: string): string {
  return Array.from(text.matchAll(tokens), ([token]) =>
    /^[{[]/.test(token) ? token.replaceAll(/\s/g, '') : token,
  ).join('');
}
