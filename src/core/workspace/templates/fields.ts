import { isRecord } from '../../base/json.ts';

/** An object of a template, whose fields may hold anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one for anything else. */
export function recordOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** The value as a list; an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The number that a text stands for, if it does. */
export function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === '' || Number.isNaN(number) ? undefined : number;
}

/** An object without the fields that are `undefined`. */
export function definedFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
