import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { absolutePath, type NamedLayer, resolveLayerReference } from '../../core/layer/layerReference.ts';
import { debugType, readFunctions, type WorkspaceFunction } from '../../core/workspace/workspaceFunction.ts';
import { settingIds, settingPrefix } from '../manifest.ts';

/** The published layer versions that are on this machine. */
export interface DownloadedLayers {
  /** The zip of a version, by its ARN. */
  fileOf(versionArn: string): string | undefined;
  /** `name:7` for the zip of a version. */
  nameOf(file: string): string | undefined;
  readonly onDidChange: vscode.Event<void>;
}

/** A layer of the setting `lambdaLayers.layers`, with the folder whose settings name it. */
export interface LocalLayer extends NamedLayer {
  readonly folder: vscode.WorkspaceFolder;
}

/** The functions and layers that the open workspace describes; read anew each time, which is cheap. */
export class WorkspaceModel implements vscode.Disposable {
  readonly #downloaded: DownloadedLayers;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(downloaded: DownloadedLayers) {
    this.#downloaded = downloaded;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      downloaded.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const layers = `${settingPrefix}.${settingIds.layers}`;
        if (event.affectsConfiguration('launch') || event.affectsConfiguration(layers)) this.#changed.fire();
      }),
    );
  }

  functions(): WorkspaceFunction[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const byName = Object.fromEntries(folders.map((folder) => [folder.name, folder.uri.fsPath]));
    return folders.flatMap((folder) => {
      const configurations = vscode.workspace
        .getConfiguration('launch', folder.uri)
        .get<unknown>('configurations');
      return readFunctions(configurations, this.#knownLayers(), {
        folder: folder.uri.fsPath,
        folders: byName,
      });
    });
  }

  /** The launch configuration behind a function. @throws UserError `FunctionNotFound` */
  launchConfiguration(name: string, preferredFolder?: string): Readonly<Record<string, unknown>> {
    const { folder } = this.functionNamed(name, preferredFolder);
    const scope = folder === undefined ? undefined : vscode.Uri.file(folder);
    const configurations = vscode.workspace.getConfiguration('launch', scope).get<unknown>('configurations');
    const all = Array.isArray(configurations) ? (configurations as Record<string, unknown>[]) : [];
    return all.find((one) => one['type'] === debugType && one['name'] === name) ?? {};
  }

  /** @throws UserError `FunctionNotFound` naming the reference and what there is */
  functionNamed(name: string, preferredFolder?: string): WorkspaceFunction {
    const functions = this.functions();
    const named = functions.filter((candidate) => candidate.name === name);
    const found = named.find(({ folder }) => folder === preferredFolder) ?? named[0];
    if (found !== undefined) return found;
    const names = functions.map((candidate) => `"${candidate.name}"`).join(', ');
    throw new UserError(
      'FunctionNotFound',
      `There is no function "${name}" in this workspace.`,
      names === '' ? 'Add a launch configuration of type "lambda-runtime".' : `There are ${names}.`,
    );
  }

  layers(): LocalLayer[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
      const configured = vscode.workspace
        .getConfiguration(settingPrefix, folder.uri)
        .get<unknown>(settingIds.layers);
      return Array.isArray(configured) ? configured.flatMap((layer) => readLocalLayer(layer, folder)) : [];
    });
  }

  /** Turns layer references into absolute paths. @throws UserError `LayerReferenceInvalid` */
  resolveLayers(references: readonly string[], folder = vscode.workspace.workspaceFolders?.[0]): string[] {
    const context = { ...this.#knownLayers(), folder: folder?.uri.fsPath };
    return references.map((reference) => {
      const path = resolveLayerReference(reference, context);
      if (isBareName(reference) && !existsSync(path)) throw unknownLayer(reference, context.named);
      return path;
    });
  }

  /** The name of a layer at a path: the configured one, or the path's last part. */
  nameOf(path: string): string {
    const named = this.layers().find((layer) => layer.path === path)?.name;
    return named ?? this.#downloaded.nameOf(path) ?? basename(path);
  }

  /** Whether a path is the zip of a published version. */
  isDownloaded(path: string): boolean {
    return this.#downloaded.nameOf(path) !== undefined;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #knownLayers() {
    return { named: this.layers(), downloaded: (arn: string) => this.#downloaded.fileOf(arn) };
  }
}

/** What looks like the name of a layer rather than like a path. */
function isBareName(reference: string): boolean {
  return !/[\\/]|\.zip$/i.test(reference);
}

function unknownLayer(reference: string, named: readonly NamedLayer[]): UserError {
  const names = named.map(({ name }) => `"${name}"`).join(', ');
  return new UserError(
    'LayerNotFound',
    `There is no layer "${reference}": it does not exist as a folder, and the setting "lambdaLayers.layers" does not name it.`,
    names === '' ? 'The setting names no layers.' : `It names ${names}.`,
  );
}

function readLocalLayer(layer: unknown, folder: vscode.WorkspaceFolder): LocalLayer[] {
  if (typeof layer !== 'object' || layer === null || !('name' in layer) || !('path' in layer)) return [];
  const { name, path } = layer;
  if (typeof name !== 'string' || typeof path !== 'string') return [];
  return [{ name, path: absolutePath(path, folder.uri.fsPath), folder }];
}
