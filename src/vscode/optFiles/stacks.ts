import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { type LayerStore, stackId, type StackReferences } from '../../core/opt/layerStack.ts';
import type { MergedView } from '../../core/opt/mergedView.ts';

const stateKey = 'lambdaLayers.stacks';
/** Stacks remembered for URIs of earlier windows; the oldest are forgotten first. */
const maxRemembered = 200;
/** Quiet time after a change before layers are read again, in milliseconds: builds write many files at once. */
const settleMs = 150;

/** Tells which stacks there are beside those that were opened. */
export type DescribedStacks = () => Promise<readonly StackReferences[]>;

/** A stack whose merged view is open. */
export interface OpenStack {
  readonly id: string;
  readonly paths: StackReferences;
  readonly view: MergedView;
}

/**
 * The stacks behind `lambda-opt:` URIs. Ids are remembered in the workspace state, so that a URI still means the same
 * stack after the window was reloaded; where that has lost one, it is looked for among those that the workspace
 * describes. Layers in use are watched; a change replaces the views that hold them.
 */
export class Stacks implements vscode.Disposable {
  readonly #store: LayerStore;
  readonly #state: vscode.Memento;
  readonly #described: DescribedStacks;
  readonly #views = new Map<string, Promise<MergedView>>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #pendingChanges = new Set<string>();
  #settling: NodeJS.Timeout | undefined;
  readonly #changed = new vscode.EventEmitter<ReadonlySet<string>>();
  /** Ids of the stacks whose content changed. */
  readonly onDidChange = this.#changed.event;

  readonly #added = new vscode.EventEmitter<string>();
  /** Id of a stack that is known from now on. */
  readonly onDidAdd = this.#added.event;

  readonly #layersChanged = new vscode.EventEmitter<ReadonlySet<string>>();
  /** Absolute paths of watched layers that changed on disk, in a stack or not. */
  readonly onDidChangeLayers = this.#layersChanged.event;

  constructor(store: LayerStore, state: vscode.Memento, described: DescribedStacks) {
    this.#store = store;
    this.#state = state;
    this.#described = described;
  }

  /** Opens the merged view of layers in order (absolute paths). @throws UserError as `openLayer` */
  async open(paths: StackReferences): Promise<OpenStack> {
    const id = stackId(paths);
    if (this.#remembered()[id] === undefined) await this.#remember(id, paths);
    return { id, paths, view: await this.#view(id, paths) };
  }

  /** The stack of an id. @throws UserError `StackUnknown`, and as `openLayer` */
  async get(id: string): Promise<OpenStack> {
    const paths = this.#remembered()[id];
    if (paths !== undefined) return { id, paths, view: await this.#view(id, paths) };
    const described = (await this.#described()).find((each) => stackId(each) === id);
    if (described !== undefined) return this.open(described);
    throw new UserError(
      'StackUnknown',
      `The stack ${id} is not known in this workspace.`,
      'Open /opt again.',
    );
  }

  /** Reads all layers again. */
  refresh(): void {
    const paths = new Set(this.#watchers.keys());
    for (const path of paths) this.#store.invalidate(path);
    this.#views.clear();
    this.#changed.fire(new Set(Object.keys(this.#remembered())));
    this.#layersChanged.fire(paths);
  }

  dispose(): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#watchers.clear();
    this.#changed.dispose();
    this.#added.dispose();
    this.#layersChanged.dispose();
  }

  #view(id: string, paths: StackReferences): Promise<MergedView> {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    for (const path of paths) this.watch(path);
    const view = this.#store.view(paths);
    this.#views.set(id, view);
    view.catch(() => {
      if (this.#views.get(id) === view) this.#views.delete(id);
    });
    return view;
  }

  /** Watches a folder or zip, once. */
  watch(path: string): void {
    if (this.#watchers.has(path)) return;
    // A missing layer is watched by its folder too, so that it shows as soon as it is there.
    const patterns = [
      new vscode.RelativePattern(vscode.Uri.file(path), '**'),
      new vscode.RelativePattern(vscode.Uri.file(dirname(path)), basename(path)),
    ];
    const subscriptions = patterns.flatMap((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const note = () => this.#noteChange(path);
      return [watcher, watcher.onDidChange(note), watcher.onDidCreate(note), watcher.onDidDelete(note)];
    });
    this.#watchers.set(path, vscode.Disposable.from(...subscriptions));
  }

  #noteChange(path: string): void {
    this.#pendingChanges.add(path);
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#applyChanges(), settleMs);
  }

  #applyChanges(): void {
    for (const path of this.#pendingChanges) this.#store.invalidate(path);
    const changed = new Set(this.#pendingChanges);
    this.#pendingChanges.clear();
    // Also those without a view: a layer that could not be opened can be now.
    const affected = Object.entries(this.#remembered()).filter(([, paths]) =>
      paths.some((path) => changed.has(path)),
    );
    const ids = new Set(affected.map(([id]) => id));
    for (const id of ids) this.#views.delete(id);
    this.#changed.fire(ids);
    this.#layersChanged.fire(changed);
  }

  #remembered(): Readonly<Record<string, StackReferences>> {
    return this.#state.get<Record<string, StackReferences>>(stateKey, {});
  }

  async #remember(id: string, paths: StackReferences): Promise<void> {
    const all = Object.entries({ ...this.#remembered(), [id]: paths });
    await this.#state.update(stateKey, Object.fromEntries(all.slice(-maxRemembered)));
    this.#added.fire(id);
  }
}
