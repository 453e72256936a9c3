import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { invalidTemplate } from './templateError.ts';

/** A template as plain values, with CloudFormation's short forms (`!Ref x`) written long (`{ Ref: 'x' }`). */
export interface TemplateDocument {
  readonly value: unknown;
  /** The line, from 1, where the last of these keys stands. */
  lineOf(path: readonly string[]): number;
}

/** Aliases can make a small file huge, or endless; no template comes near this. */
const mostNodes = 200_000;
const deepest = 100;

/**
 * Reads YAML, or JSON, which is a kind of YAML.
 * @throws UserError `TemplateInvalid` naming the file and the place
 */
export function parseTemplate(text: string, name: string): TemplateDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw invalidTemplate(name, error.message.split('\n')[0] ?? error.message);
  const value = new PlainValues(document, name).of(document.contents);
  return {
    value,
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
  };
}

function offsetOf(document: Document, path: readonly string[]): number {
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return 0;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

class PlainValues {
  readonly #document: Document;
  readonly #name: string;
  readonly #targets = new Map<Alias, Node | undefined>();
  #nodes = 0;

  constructor(document: Document, name: string) {
    this.#document = document;
    this.#name = name;
  }

  of(node: unknown, depth = 0): unknown {
    if (++this.#nodes > mostNodes || depth > deepest)
      throw invalidTemplate(this.#name, 'its values are too many or too deep');
    if (isAlias(node)) return this.of(this.#target(node), depth + 1);
    if (isMap(node)) return tagged(node.tag, this.#object(node.items, depth + 1));
    if (isSeq(node))
      return tagged(
        node.tag,
        node.items.map((item) => this.of(item, depth + 1)),
      );
    return isScalar(node) ? tagged(node.tag, node.value) : undefined;
  }

  /** Finding an anchor takes a walk through the document, so each alias is looked up once. */
  #target(alias: Alias): Node | undefined {
    if (!this.#targets.has(alias)) this.#targets.set(alias, alias.resolve(this.#document));
    return this.#targets.get(alias);
  }

  #object(
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    depth: number,
  ): Record<string, unknown> {
    const entries = items.map(
      ({ key, value }) => [String(this.of(key, depth)), this.of(value, depth)] as const,
    );
    return Object.fromEntries(entries);
  }
}

/** The long form of a tag: `!Ref` has none of the prefix that the other functions have. */
function tagged(tag: string | undefined, value: unknown): unknown {
  if (tag?.startsWith('!') !== true) return value;
  const name = tag.slice(1);
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value };
}
