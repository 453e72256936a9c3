import { UserError } from './errors.ts';
import { isRecord } from './json.ts';

/** What the value of an option may be. */
export interface OptionKind {
  /** In words, such as `a text`. */
  readonly what: string;
  readonly accepts: (value: unknown) => boolean;
  readonly isOptional?: true;
}

/** The options that a command takes from programs. */
export interface OptionsShape {
  readonly options: Readonly<Record<string, OptionKind>>;
  /** Options of which one has to be given, and no more. */
  readonly oneOf?: readonly string[];
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** A text that is not empty. */
export const text: OptionKind = { what: 'a text', accepts: isText };

/** A text; an empty one means something of its own. */
export const anyText: OptionKind = { what: 'a text', accepts: (value) => typeof value === 'string' };

/** A list of texts that are not empty. */
export const texts: OptionKind = {
  what: 'a list of texts',
  accepts: (value) => Array.isArray(value) && value.every(isText),
};

/** True or false. */
export const flag: OptionKind = { what: 'true or false', accepts: (value) => typeof value === 'boolean' };

/** A whole number from 0 on. */
export const count: OptionKind = {
  what: 'a whole number from 0 on',
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** An object. */
export const object: OptionKind = { what: 'an object', accepts: isRecord };

/** Whatever there is. */
export const anything: OptionKind = { what: 'anything', accepts: () => true };

/** One of some texts. */
export function choice(...texts: readonly string[]): OptionKind {
  const what = texts.map((each) => JSON.stringify(each)).join(' or ');
  return { what, accepts: (value) => texts.some((each) => each === value) };
}

/** The same, but it need not be given. */
export function optional(kind: OptionKind): OptionKind {
  return { ...kind, isOptional: true };
}

/**
 * Checks what a program gave a command. An option that is `undefined` counts as not given.
 * @throws UserError `ConfigurationInvalid` naming the option that is wrong, missing or unknown, and what the command
 * takes
 */
export function requireOptions(command: string, given: unknown, shape: OptionsShape): void {
  const problem = isRecord(given) ? problemOf(given, shape) : 'options are one object.';
  if (problem === undefined) return;
  throw new UserError('ConfigurationInvalid', `${command}: ${problem}`, `It takes ${usage(shape)}.`);
}

function problemOf(
  given: Readonly<Record<string, unknown>>,
  { options, oneOf = [] }: OptionsShape,
): string | undefined {
  const unknown = Object.keys(given).find(
    (name) => given[name] !== undefined && !Object.hasOwn(options, name),
  );
  if (unknown !== undefined) return `There is no option "${unknown}".`; // a slip in "dryRun" must not change anything
  for (const [name, { what, accepts, isOptional }] of Object.entries(options)) {
    const value = given[name];
    if (value !== undefined && !accepts(value))
      return `"${name}" must be ${what}, and is ${describeValue(value)}.`;
    if (value === undefined && isOptional === undefined && !oneOf.includes(name))
      return `"${name}" is missing.`;
  }
  const named = oneOf.filter((name) => given[name] !== undefined);
  if (oneOf.length === 0 || named.length === 1) return undefined;
  const names = oneOf.map((name) => `"${name}"`).join(' or ');
  return named.length === 0 ? `${names} is missing.` : `Only one of ${names} can be given.`;
}

/** Never the value itself, which may be long, or nobody's business. */
function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'another list';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'another text';
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : `a value of type ${typeof value}`;
}

function usage({ options, oneOf = [] }: OptionsShape): string {
  const words = ([name, { what, isOptional }]: [string, OptionKind]): string =>
    `"${name}" (${what}${isOptional === undefined ? '' : ', optional'})`;
  const all = Object.entries(options);
  const alternatives = all.filter(([name]) => oneOf.includes(name)).map(words);
  const others = all.filter(([name]) => !oneOf.includes(name)).map(words);
  return [...(alternatives.length === 0 ? [] : [alternatives.join(' or ')]), ...others].join(', ');
}
