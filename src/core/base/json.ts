/** Whether a text is one JSON value. */
export function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}

/** The value of a JSON text; `undefined`, which JSON has not, when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The object in a JSON text, or `undefined` when it holds something else. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  return isRecord(value) ? value : undefined;
}

/** Whether a value is an object, as opposed to a list, a simple value or nothing. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
