import { formatBytes } from '../../../core/opt/budget.ts';
import { element } from './elements.ts';
import type { SizeModel } from './sizeModel.ts';

/** The same sizes as a table: one row for each node, in the order of the map. */
export class TableView {
  readonly element: HTMLElement;
  readonly #activate: (node: number) => void;
  readonly #caption: string;

  constructor(caption: string, activate: (node: number) => void) {
    this.#activate = activate;
    this.#caption = caption;
    this.element = element('div', { class: 'table' });
  }

  show(model: SizeModel): void {
    const { columns } = model.texts;
    const titles = [columns.name, columns.part, columns.kind, columns.size, columns.bytes, columns.shadowed];
    const headers = titles.map((text) => element('th', { text, attributes: { scope: 'col' } }));
    const rows = model.map.nodes.flatMap((node, index) =>
      node.kind === 'stack' ? [] : [this.#row(model, index)],
    );
    const table = element('table', {
      children: [
        element('caption', { text: this.#caption }),
        element('thead', { children: [element('tr', { children: headers })] }),
        element('tbody', { children: rows }),
      ],
    });
    this.element.replaceChildren(table);
  }

  #row(model: SizeModel, index: number): HTMLElement {
    const { kind, bytes } = model.node(index);
    const isSum = kind === 'smaller' || kind === 'unplaced';
    const path = model.path(index);
    const name = isSum
      ? `${path === '' ? '' : `${path}: `}${model.label(index)}`
      : path || model.label(index);
    const cell = (text: string, className = '') => element('td', { text, class: className });
    return element('tr', {
      children: [
        element('th', { attributes: { scope: 'row' }, children: [this.#name(model, index, name)] }),
        cell(model.partLabel(index)),
        cell(model.texts.kinds[kind]),
        cell(formatBytes(bytes), 'number'),
        cell(bytes.toLocaleString(document.documentElement.lang), 'number'),
        cell(model.shadowText(index)),
      ],
    });
  }

  #name(model: SizeModel, index: number, text: string): HTMLElement {
    const { type } = model.action(index);
    if (type === 'none' || index === 0) return element('span', { text });
    return element('button', { class: 'link', text, onClick: () => this.#activate(index) });
  }
}
