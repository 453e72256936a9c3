import { UserError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';

/*
 * Readers of single attributes of a launch configuration. Each throws a UserError `ConfigurationInvalid` that names the
 * attribute.
 */

/** A text that is not empty; `undefined` when the attribute is not there. */
export function text(raw: Readonly<Record<string, unknown>>, attribute: string): string | undefined {
  const value = raw[attribute];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(attribute, 'must be a text that is not empty', 'Correct it or remove it.');
}

/** A list of texts; empty when the attribute is not there. */
export function texts(raw: Readonly<Record<string, unknown>>, attribute: string): string[] {
  const value = raw[attribute] ?? [];
  if (
    Array.isArray(value) &&
    value.every((item): item is string => typeof item === 'string' && item !== '')
  ) {
    return value;
  }
  throw invalid(attribute, 'must be a list of texts', 'List folders, zips or names of layers, in order.');
}

/** A whole number within limits. */
export function integer(
  raw: Readonly<Record<string, unknown>>,
  attribute: string,
  least: number,
  most: number,
): number | undefined {
  const value = raw[attribute];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(attribute, `must be a whole number from ${least} to ${most}`, 'Correct it or remove it.');
}

/** True or false. */
export function flag(raw: Readonly<Record<string, unknown>>, attribute: string): boolean | undefined {
  const value = raw[attribute];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(attribute, 'must be true or false', 'Correct it or remove it.');
}

/** One of several texts. */
export function choice<T extends string>(
  raw: Readonly<Record<string, unknown>>,
  attribute: string,
  choices: readonly T[],
): T | undefined {
  const value = raw[attribute];
  if (value === undefined) return undefined;
  const known = choices.find((one) => one === value);
  if (known !== undefined) return known;
  throw invalid(attribute, `must be one of ${choices.join(', ')}`, 'Correct it or remove it.');
}

/** An object whose values are texts; numbers and truth values become texts. */
export function variables(raw: Readonly<Record<string, unknown>>, attribute: string): Record<string, string> {
  const value = raw[attribute] ?? {};
  if (!isRecord(value)) throw invalid(attribute, 'must be an object of texts', 'Correct it or remove it.');
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => {
      if (typeof content === 'string') return [name, content];
      if (typeof content === 'number' || typeof content === 'boolean') return [name, String(content)];
      throw invalid(attribute, `has no text for ${name}`, 'Environment variables are texts.');
    }),
  );
}

/** An error about an attribute: a fact, and what to do. */
export function invalid(attribute: string, fact: string, help: string): UserError {
  return new UserError('ConfigurationInvalid', `"${attribute}" in the launch configuration ${fact}.`, help);
}
