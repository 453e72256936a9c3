import { formatBytes } from '../../../core/opt/budget.ts';
import type { SizePlace } from '../../../core/opt/sizePlace.ts';
import type { SizeNode } from '../../../core/opt/sizeTree.ts';
import type { ShownMap } from '../messages.ts';
import type { PageTexts } from '../pageTexts.ts';

/** What activating a node does. */
export type NodeAction =
  { readonly type: 'zoom' | 'open'; readonly place: SizePlace } | { readonly type: 'none' };

/** Fills `{0}` of a text. */
export function fill(text: string, value: string | number): string {
  return text.replace('{0}', () => String(value));
}

/** Answers what both views ask about the nodes of a map. */
export class SizeModel {
  readonly map: ShownMap;
  readonly texts: PageTexts;
  readonly children: readonly (readonly number[])[];

  constructor(map: ShownMap, texts: PageTexts) {
    this.map = map;
    this.texts = texts;
    const children = map.nodes.map((): number[] => []);
    map.nodes.forEach(({ parent }, index) => children[parent]?.push(index));
    this.children = children;
  }

  node(index: number): SizeNode {
    const node = this.map.nodes[index];
    if (node === undefined) throw new RangeError(`No node ${index}`);
    return node;
  }

  /** Path below `/opt` or the code; of a sum, that of the directory that it belongs to. */
  path(index: number): string {
    const segments: string[] = [];
    for (let at = index; at > 0; at = this.node(at).parent) segments.unshift(this.node(at).name);
    return [this.map.place?.path ?? '', ...segments].filter((segment) => segment !== '').join('/');
  }

  /** The same for a node in every map that has it. */
  key(index: number): string {
    const { part, kind } = this.node(index);
    return `${part}:${this.path(index)}${kind === 'smaller' || kind === 'unplaced' ? `#${kind}` : ''}`;
  }

  /** `1 greetings`; empty for the stack itself. */
  partLabel(index: number): string {
    return this.map.parts[this.node(index).part]?.label ?? '';
  }

  /** What a node is called within the one that holds it. */
  label(index: number): string {
    const { kind, name, files } = this.node(index);
    switch (kind) {
      case 'stack':
        return this.map.heading;
      case 'layer':
      case 'code':
        return this.partLabel(index);
      case 'smaller':
        return files === 1 ? this.texts.oneSmaller : fill(this.texts.smaller, files);
      case 'unplaced':
        return this.texts.unplaced;
      case 'directory':
      case 'file':
      case 'link':
        return name;
    }
  }

  /** Empty when nothing of it is shadowed. */
  shadowText(index: number): string {
    const { isShadowed, shadowedBytes } = this.node(index);
    if (isShadowed) return this.texts.shadowed;
    return shadowedBytes > 0 ? fill(this.texts.partlyShadowed, formatBytes(shadowedBytes)) : '';
  }

  /** All that is to say about a node, for whoever does not see the rectangle. */
  description(index: number): string {
    const { kind, bytes, files, part } = this.node(index);
    const { kinds } = this.texts;
    const isPart = kind === 'layer' || kind === 'code';
    const isSum = kind === 'smaller' || kind === 'unplaced';
    const isLayer = this.map.parts[part]?.kind === 'layer';
    const owner = isLayer ? `${kinds.layer} ${this.partLabel(index)}` : this.partLabel(index);
    return [
      isPart ? owner : this.path(index),
      isPart ? '' : isSum ? this.label(index) : kinds[kind],
      formatBytes(bytes),
      isPart || kind === 'directory' ? this.#countText(files) : '',
      this.shadowText(index),
      isPart ? '' : owner,
    ]
      .filter((text) => text !== '')
      .join(', ');
  }

  #countText(files: number): string {
    return files === 1 ? this.texts.oneFile : fill(this.texts.files, files);
  }

  /** A directory is looked into, a file opened; a sum leads to the directory whose rest it is. */
  action(index: number): NodeAction {
    const { kind, part } = this.node(index);
    const place = { part, path: this.path(index) };
    switch (kind) {
      case 'stack':
        return { type: 'none' };
      case 'layer':
      case 'code':
      case 'directory':
        return { type: 'zoom', place };
      case 'file':
      case 'link':
        return { type: 'open', place };
      case 'smaller':
      case 'unplaced':
        return this.node(index).parent === 0 ? { type: 'none' } : { type: 'zoom', place };
    }
  }
}
