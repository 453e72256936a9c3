/** The environment variable that, when set, leaves the report as it is, for a host with a console of its own. */
export const plainReport = 'LAMBDA_LAYERS_TEST_PLAIN';

const mark = '\u2063test\u2063';

/** Marks a line of a test report, so that it can be told from what VS Code logs on the same channel. */
export function markLine(text: string): string {
  return text
    .split('\n')
    .map((line) => mark + line)
    .join('\n');
}

/** The text of a marked report line; undefined for anything else. */
export function markedLine(text: string): string | undefined {
  return text.startsWith(mark) ? text.replaceAll(mark, '') : undefined;
}
