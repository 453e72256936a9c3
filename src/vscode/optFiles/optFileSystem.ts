import * as vscode from 'vscode';
import { describeError, UserError } from '../../core/base/errors.ts';
import { resolveLinks, type Resolution } from '../../core/opt/links.ts';
import type { MergedView, OptEntry } from '../../core/opt/mergedView.ts';
import { optScheme } from '../../core/opt/optUri.ts';
import { optAddress } from './optUris.ts';
import type { Stacks } from './stacks.ts';

const readOnlyReason =
  'Files in /opt belong to layers and are read-only here. Change the file in the layer that supplies it.';

/** `lambda-opt:` as a file system: the merged view of a stack, or with `?layer=<n>` one layer's own entry. */
export class OptFileSystem implements vscode.FileSystemProvider {
  readonly #stacks: Stacks;
  readonly #watched = new Map<string, vscode.Uri>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(stacks: Stacks) {
    this.#stacks = stacks;
    stacks.onDidChange((ids) => this.#tellChanged(ids));
    stacks.onDidAdd((id) => this.#tellChanged(new Set([id])));
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    const key = uri.toString();
    this.#watched.set(key, uri);
    return new vscode.Disposable(() => this.#watched.delete(key));
  }

  stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return translated(async () => {
      const { view, path } = await this.#place(uri);
      const own = await resolveLinks(view, path, 'keep');
      const end = await resolveLinks(view, path, 'follow');
      const shown = found(own, path);
      const target = end.status === 'found' ? end.entry : undefined;
      const described = target ?? shown;
      return {
        type: shown.kind === 'link' ? linkTo(target) : fileType(target),
        size: described.size,
        ctime: described.modified,
        mtime: described.modified,
        permissions: vscode.FilePermission.Readonly,
      };
    });
  }

  readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return translated(async () => {
      const { view, path } = await this.#place(uri);
      const directory = found(await resolveLinks(view, path, 'follow'), path);
      const entries = view.list(directory.path);
      if (entries === undefined) throw vscode.FileSystemError.FileNotADirectory(uri);
      return Promise.all(entries.map(async (entry) => [baseName(entry), await listedType(view, entry)]));
    });
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return translated(async () => {
      const { view, path } = await this.#place(uri);
      const file = found(await resolveLinks(view, path, 'follow'), path);
      if (file.kind === 'directory') throw vscode.FileSystemError.FileIsADirectory(uri);
      return view.read(file);
    });
  }

  createDirectory(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  delete(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  rename(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  #tellChanged(ids: ReadonlySet<string>): void {
    const uris = [...this.#watched.values(), ...openInEditors()].filter(
      ({ authority, scheme }) => scheme === optScheme && ids.has(authority),
    );
    this.#changed.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  async #place(uri: vscode.Uri): Promise<{ view: MergedView; path: string }> {
    const { stack, path, layer } = optAddress(uri);
    const { view } = await this.#stacks.get(stack);
    return { view: layer === undefined ? view : view.only(layer), path };
  }
}

/** What an editor could not open is not watched, but opens as soon as a change is told. */
function openInEditors(): vscode.Uri[] {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  return inputs.flatMap((input) => {
    if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
    return input instanceof vscode.TabInputText ? [input.uri] : [];
  });
}

function readOnly(uri: vscode.Uri): vscode.FileSystemError {
  return vscode.FileSystemError.NoPermissions(`${uri.path}: ${readOnlyReason}`);
}

function found(resolution: Resolution, path: string): OptEntry {
  switch (resolution.status) {
    case 'found':
      return resolution.entry;
    case 'missing':
      throw new UserError('PathNotFound', `/opt/${path} does not exist.`);
    case 'outside':
      throw new UserError(
        'LinkUnresolved',
        `/opt/${path} points to ${resolution.target}, outside the layers.`,
      );
    case 'loop':
      throw new UserError('LinkUnresolved', `/opt/${path} is a link that leads back to itself.`);
  }
}

async function listedType(view: MergedView, entry: OptEntry): Promise<vscode.FileType> {
  if (entry.kind !== 'link') return fileType(entry);
  const end = await resolveLinks(view, entry.path, 'follow').catch(() => undefined);
  return linkTo(end?.status === 'found' ? end.entry : undefined);
}

function fileType(entry: OptEntry | undefined): vscode.FileType {
  if (entry?.kind === 'directory') return vscode.FileType.Directory;
  return entry?.kind === 'file' ? vscode.FileType.File : vscode.FileType.Unknown;
}

/** VS Code's file types are bits. */
function linkTo(target: OptEntry | undefined): vscode.FileType {
  return fileType(target) | vscode.FileType.SymbolicLink;
}

function baseName(entry: OptEntry): string {
  return entry.path.slice(entry.path.lastIndexOf('/') + 1);
}

/** Codes of what may be there later; an editor waits for that when it is told that there is no such file. */
const notThere: ReadonlySet<string> = new Set(['PathNotFound', 'LayerNotFound', 'StackUnknown']);

/** The error boundary of the file system: VS Code only understands its own errors. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof vscode.FileSystemError) throw error;
    if (error instanceof UserError && notThere.has(error.code)) {
      throw vscode.FileSystemError.FileNotFound(describeError(error));
    }
    throw vscode.FileSystemError.Unavailable(describeError(error));
  }
}
