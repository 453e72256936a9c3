import { formatBytes } from '../../../core/opt/budget.ts';
import { element, partClass } from './elements.ts';
import { type Direction, nearestTile } from './nearestTile.ts';
import type { SizeModel } from './sizeModel.ts';
import { layoutTreemap, type Tile } from './treemapLayout.ts';

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Height that takes the name and the size below it, and width that takes a few letters; in pixels. */
const twoLines = 34;
const readableWidth = 34;

/** The treemap. One rectangle of it can be reached by Tab, besides the layers; arrow keys lead to the others. */
export class MapView {
  readonly element: HTMLElement;
  readonly #activate: (node: number) => void;
  readonly #resize: ResizeObserver;
  #model: SizeModel | undefined;
  #tiles: readonly Tile[] = [];
  #elements: readonly HTMLElement[] = [];
  #current: string | undefined;

  constructor(label: string, activate: (node: number) => void) {
    this.#activate = activate;
    this.element = element('div', { class: 'map', attributes: { role: 'tree', 'aria-label': label } });
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('click', (event) => this.#onClick(event));
    this.element.addEventListener('focusin', (event) => this.#onFocus(event));
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(this.element);
  }

  /** Shows a map. `current` is the key of the rectangle to be on, when it has it. */
  show(model: SizeModel, current?: string): void {
    this.#model = model;
    this.#current = current ?? this.#current;
    this.#draw();
  }

  focus(): void {
    this.#elements[this.#currentIndex()]?.focus();
  }

  #draw(): void {
    const model = this.#model;
    if (model === undefined) return;
    const hadFocus = this.element.contains(document.activeElement);
    const { width, height } = this.element.getBoundingClientRect();
    this.#tiles = layoutTreemap(model, Math.floor(width), Math.floor(height));
    this.#elements = this.#tiles.map((tile) => tileElement(model, tile));
    this.element.replaceChildren(...this.#elements);
    const isEmpty = this.#tiles.length === 0 && width > 0;
    if (isEmpty) this.element.append(element('p', { class: 'empty', text: model.texts.empty }));
    this.#markCurrent(this.#currentIndex());
    if (hadFocus) this.focus();
  }

  #currentIndex(): number {
    const model = this.#model;
    if (model === undefined) return 0;
    const found = this.#tiles.findIndex(({ node }) => model.key(node) === this.#current);
    return Math.max(0, found);
  }

  /** Parts stay reachable by Tab, so that it leads from layer to layer. */
  #markCurrent(index: number): void {
    this.#elements.forEach((each, at) => {
      const kind = this.#kindAt(at);
      each.tabIndex = at === index || kind === 'layer' || kind === 'code' ? 0 : -1;
    });
  }

  #kindAt(index: number): string | undefined {
    const tile = this.#tiles[index];
    return tile === undefined ? undefined : this.#model?.node(tile.node).kind;
  }

  #indexOf(target: EventTarget | null): number {
    const tile = target instanceof Element ? target.closest('.tile') : null;
    return this.#elements.findIndex((each) => each === tile);
  }

  #onFocus(event: FocusEvent): void {
    const index = this.#indexOf(event.target);
    const tile = this.#tiles[index];
    if (tile === undefined) return;
    this.#current = this.#model?.key(tile.node);
    this.#markCurrent(index);
  }

  #onClick(event: MouseEvent): void {
    const tile = this.#tiles[this.#indexOf(event.target)];
    if (tile !== undefined) this.#activate(tile.node);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = this.#indexOf(event.target);
    const tile = this.#tiles[from];
    if (tile === undefined) return;
    const isActivation = event.key === 'Enter' || event.key === ' ';
    const to = isActivation ? undefined : this.#destination(from, event.key);
    if (!isActivation && to === undefined) return;
    event.preventDefault();
    if (to === undefined) this.#activate(tile.node);
    else this.#elements[to]?.focus();
  }

  /** Page keys go through all rectangles in the order of the table, Home and End to its ends. */
  #destination(from: number, key: string): number | undefined {
    const direction = arrows[key];
    if (direction !== undefined) return nearestTile(this.#tiles, from, direction);
    const last = this.#tiles.length - 1;
    switch (key) {
      case 'Home':
        return 0;
      case 'End':
        return last;
      case 'PageDown':
        return Math.min(last, from + 1);
      case 'PageUp':
        return Math.max(0, from - 1);
      default:
        return undefined;
    }
  }
}

function tileElement(model: SizeModel, tile: Tile): HTMLElement {
  const { kind, part, bytes, isShadowed } = model.node(tile.node);
  const description = model.description(tile.node);
  const classes = [
    'tile',
    partClass(model.map.parts[part]?.kind ?? 'layer', part),
    kind,
    tile.isOpen ? 'open' : 'closed',
    ...(isShadowed ? ['shadowed'] : []),
    ...(tile.height < twoLines ? ['flat'] : []),
    ...(tile.width < readableWidth ? ['narrow'] : []),
  ];
  const shadow = model.shadowText(tile.node);
  const made = element('div', {
    class: classes.join(' '),
    attributes: {
      role: 'treeitem',
      'aria-label': description,
      'aria-level': String(tile.level),
      title: description,
    },
    children: [
      element('span', {
        class: 'label',
        children: [
          element('span', { class: 'name', text: tile.label }),
          element('span', { class: 'size', text: [formatBytes(bytes), shadow].filter(Boolean).join(' · ') }),
        ],
      }),
    ],
  });
  if (tile.isOpen) made.setAttribute('aria-expanded', 'true');
  // Set one by one: the page's policy allows no style attributes.
  made.style.left = `${tile.x}px`;
  made.style.top = `${tile.y}px`;
  made.style.width = `${tile.width}px`;
  made.style.height = `${tile.height}px`;
  return made;
}
