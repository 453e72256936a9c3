import type { SizePlace } from '../../../core/opt/sizePlace.ts';
import { type HostMessage, type PageMessage, readPlace, type SizeTarget } from '../messages.ts';
import type { PageTexts } from '../pageTexts.ts';
import { byId } from './elements.ts';
import { MapView } from './mapView.ts';
import { SizeModel } from './sizeModel.ts';
import { summary } from './summary.ts';
import { TableView } from './tableView.ts';

/** What is kept while the tab is hidden, and when the window is reloaded. */
interface PageState {
  readonly target?: SizeTarget;
  readonly place?: SizePlace;
  readonly view: 'map' | 'table';
}

interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}') as PageTexts;
const [head, status, progress, content] = [
  byId('summary'),
  byId('status'),
  byId('progress'),
  byId('content'),
];
const map = new MapView(texts.map, activate);
const table = new TableView(texts.table, activate);
let state = readState(vscode.getState());
let model: SizeModel | undefined;
/** Where the zoom came from, so that going back ends where it began. */
let returnTo: string | undefined;

window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => receive(data));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' && event.key !== 'Backspace') return;
  if (state.place === undefined) return;
  event.preventDefault();
  zoom(above(state.place));
});
content.append(state.view === 'map' ? map.element : table.element);
vscode.postMessage({ type: 'ready', ...placeOf(state) });

function receive(message: HostMessage): void {
  const isLoading = message.type === 'loading';
  progress.hidden = !isLoading;
  content.setAttribute('aria-busy', String(isLoading));
  switch (message.type) {
    case 'loading':
      if (model === undefined) say(texts.loading); // else the map stays, and only the bar tells
      return;
    case 'failed':
      say(message.message, 'failed');
      model = undefined;
      head.replaceChildren();
      content.hidden = true;
      return;
    case 'show':
      say('');
      content.hidden = false;
      model = new SizeModel(message, texts);
      keep({ target: message.target, view: state.view, ...placeOf(message) });
      draw();
  }
}

function say(text: string, className = ''): void {
  status.textContent = text;
  status.className = className;
}

function draw(): void {
  if (model === undefined) return;
  const focused = head.contains(document.activeElement) ? indexIn(head, document.activeElement) : -1;
  const otherView = state.view === 'map' ? texts.showTable : texts.showMap;
  head.replaceChildren(...summary(model.map, texts, { zoom, switchView }, { otherView }));
  focusables(head)[focused]?.focus();
  if (state.view === 'map') map.show(model, returnTo);
  else table.show(model);
  returnTo = undefined;
}

function activate(index: number): void {
  const action = model?.action(index);
  if (action?.type === 'open') vscode.postMessage({ type: 'open', place: action.place });
  if (action?.type === 'zoom') zoom(action.place);
}

function zoom(place: SizePlace | undefined): void {
  const from = state.place;
  if (from !== undefined) returnTo = `${from.part}:${from.path}`;
  vscode.postMessage({ type: 'zoom', ...placeOf({ place }) });
}

function switchView(): void {
  keep({ ...state, view: state.view === 'map' ? 'table' : 'map' });
  content.replaceChildren(state.view === 'map' ? map.element : table.element);
  draw();
}

function keep(next: PageState): void {
  state = next;
  vscode.setState(next);
}

function above({ part, path }: SizePlace): SizePlace | undefined {
  return path === '' ? undefined : { part, path: path.slice(0, Math.max(0, path.lastIndexOf('/'))) };
}

function placeOf({ place }: { readonly place?: SizePlace | undefined }): { place?: SizePlace } {
  return place === undefined ? {} : { place };
}

function readState(kept: unknown): PageState {
  if (typeof kept !== 'object' || kept === null) return { view: 'map' };
  const isTable = 'view' in kept && kept.view === 'table';
  const place = 'place' in kept ? readPlace(kept.place) : undefined;
  return { ...(kept as PageState), view: isTable ? 'table' : 'map', ...placeOf({ place }) };
}

function focusables(within: HTMLElement): HTMLElement[] {
  return [...within.querySelectorAll('button')];
}

function indexIn(within: HTMLElement, focused: Element | null): number {
  return focusables(within).findIndex((each) => each === focused);
}
