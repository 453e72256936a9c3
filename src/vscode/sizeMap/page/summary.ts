import { formatBytes } from '../../../core/opt/budget.ts';
import type { SizePlace } from '../../../core/opt/sizePlace.ts';
import type { ShownMap } from '../messages.ts';
import type { PageTexts } from '../pageTexts.ts';
import { element, partClass } from './elements.ts';
import { fill } from './sizeModel.ts';

/** What the summary can ask for. */
export interface SummaryActions {
  readonly zoom: (place: SizePlace | undefined) => void;
  readonly switchView: () => void;
}

/** The text of the button that switches the view. */
export interface SummaryState {
  readonly otherView: string;
}

/** The head of the page: the budget, who contributes how much, what remains, and the way to where one is. */
export function summary(
  map: ShownMap,
  texts: PageTexts,
  actions: SummaryActions,
  { otherView }: SummaryState,
): readonly HTMLElement[] {
  const title = element('h1', {
    children: [
      element('span', { class: 'heading', text: map.heading }),
      element('span', { class: 'budget', text: map.budget }),
    ],
  });
  const toggle = element('button', { class: 'toggle', text: otherView, onClick: actions.switchView });
  return [
    element('div', { class: 'top', children: [title, toggle] }),
    bar(map),
    contributions(map, texts, actions),
    breadcrumbs(map, texts, actions),
  ];
}

/** Says nothing that the list below it does not say too. */
function bar({ parts, totalBytes, limitBytes }: ShownMap): HTMLElement {
  const whole = Math.max(totalBytes, limitBytes);
  const pieces = parts.map(({ kind, bytes }, index) => {
    const piece = element('span', { class: `piece ${partClass(kind, index)}` });
    piece.style.width = `${(100 * bytes) / whole}%`;
    return piece;
  });
  return element('div', { class: 'bar', attributes: { 'aria-hidden': 'true' }, children: pieces });
}

function contributions(map: ShownMap, texts: PageTexts, { zoom }: SummaryActions): HTMLElement {
  const items = map.parts.map(({ kind, label, bytes, shadowedBytes }, part) => {
    const shadowed = shadowedBytes > 0 ? ` (${fill(texts.partlyShadowed, formatBytes(shadowedBytes))})` : '';
    const button = element('button', {
      class: 'part',
      onClick: () => zoom({ part, path: '' }),
      children: [
        element('span', { class: `swatch ${partClass(kind, part)}`, attributes: { 'aria-hidden': 'true' } }),
        element('span', { text: label }),
        element('span', { class: 'size', text: `${formatBytes(bytes)}${shadowed}` }),
      ],
    });
    return element('li', { children: [button] });
  });
  const left = map.limitBytes - map.totalBytes;
  const rest =
    left >= 0
      ? element('li', { class: 'remaining', text: fill(texts.remaining, formatBytes(left)) })
      : element('li', { class: 'over', text: fill(texts.over, formatBytes(-left)) });
  return element('ul', {
    class: 'contributions',
    attributes: { 'aria-label': texts.contributions },
    children: [...items, rest],
  });
}

function breadcrumbs(
  { heading, parts, place }: ShownMap,
  texts: PageTexts,
  { zoom }: SummaryActions,
): HTMLElement {
  const segments = place === undefined || place.path === '' ? [] : place.path.split('/');
  const crumbs: { readonly label: string; readonly place: SizePlace | undefined }[] = [
    { label: heading, place: undefined },
  ];
  if (place !== undefined) {
    const { part } = place;
    crumbs.push({ label: parts[part]?.label ?? '', place: { part, path: '' } });
    segments.forEach((label, index) => {
      crumbs.push({ label, place: { part, path: segments.slice(0, index + 1).join('/') } });
    });
  }
  const items = crumbs.map((crumb, index) => {
    const isHere = index === crumbs.length - 1;
    const content = isHere
      ? element('span', { text: crumb.label, attributes: { 'aria-current': 'location' } })
      : element('button', { class: 'link', text: crumb.label, onClick: () => zoom(crumb.place) });
    return element('li', { children: [content] });
  });
  return element('nav', {
    attributes: { 'aria-label': texts.place },
    children: [element('ol', { class: 'place', children: items })],
  });
}
