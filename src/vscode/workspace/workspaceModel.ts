import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { absolutePath, type NamedLayer, resolveLayerReference } from '../../core/layer/layerReference.ts';
import type { NamedTemplate } from '../../core/workspace/templates/template.ts';
import {
  type Configuration,
  ownConfigurations,
  readFunctions,
  templateLayers,
  type WorkspaceFunction,
} from '../../core/workspace/workspaceFunction.ts';
import { settingIds, settingPrefix } from '../manifest.ts';
import type { Templates } from './templates.ts';

/** The published layer versions that are on this machine. */
export interface DownloadedLayers {
  /** The zip of a version, by its ARN. */
  fileOf(versionArn: string): string | undefined;
  /** `name:7` for the zip of a version. */
  nameOf(file: string): string | undefined;
  readonly onDidChange: vscode.Event<void>;
}

/** A layer of the setting `lambdaLayers.layers`, or of a template, with the folder that it belongs to. */
export interface LocalLayer extends NamedLayer {
  readonly folder: vscode.WorkspaceFolder;
  /** What has to run in that folder before the layer is packaged. */
  readonly buildCommand?: string;
}

/**
 * The functions and layers that the open workspace describes. Settings and launch configurations are read anew each
 * time, which is cheap; templates are those that are known by now.
 */
export class WorkspaceModel implements vscode.Disposable {
  readonly #downloaded: DownloadedLayers;
  readonly #templates: Templates;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(downloaded: DownloadedLayers, templates: Templates) {
    this.#downloaded = downloaded;
    this.#templates = templates;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      downloaded.onDidChange(() => this.#changed.fire()),
      templates.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const layers = `${settingPrefix}.${settingIds.layers}`;
        if (event.affectsConfiguration('launch') || event.affectsConfiguration(layers)) this.#changed.fire();
      }),
    );
  }

  /** Resolves when the templates have been read, so that what they describe can be asked for. */
  ready(): Promise<void> {
    return this.#templates.ready();
  }

  /** Looks for templates again. */
  refresh(): void {
    this.#templates.refresh();
  }

  /** Why templates cannot be read. */
  problems(): { readonly file: string; readonly message: string }[] {
    return this.#templates.known.filter((one) => one.type === 'problem');
  }

  functions(): WorkspaceFunction[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const byName = Object.fromEntries(folders.map((folder) => [folder.name, folder.uri.fsPath]));
    return folders.flatMap((folder) => {
      const variables = { folder: folder.uri.fsPath, folders: byName };
      return readFunctions(
        launchConfigurations(folder.uri),
        this.#templatesOf(folder.uri.fsPath),
        this.#knownLayers(),
        variables,
      );
    });
  }

  /** The launch configuration behind a function, or what its template makes of one. @throws UserError `FunctionNotFound` */
  launchConfiguration(name: string, preferredFolder?: string): Configuration {
    const { folder } = this.functionNamed(name, preferredFolder);
    const scope = folder === undefined ? undefined : vscode.Uri.file(folder);
    const all = ownConfigurations(launchConfigurations(scope), this.#templatesOf(folder));
    return all.find((one) => one['name'] === name) ?? {};
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
      names === ''
        ? 'Add a launch configuration of type "lambda-runtime", or a template with functions.'
        : `There are ${names}.`,
    );
  }

  /** The layers of the setting, then those of templates that the setting does not list. */
  layers(): LocalLayer[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
      const configured = vscode.workspace
        .getConfiguration(settingPrefix, folder.uri)
        .get<unknown>(settingIds.layers);
      const listed = Array.isArray(configured)
        ? configured.flatMap((layer) => readLocalLayer(layer, folder))
        : [];
      const others = templateLayers(this.#templatesOf(folder.uri.fsPath)).named.filter(
        ({ name, path }) => !listed.some((layer) => layer.name === name || layer.path === path),
      );
      return [...listed, ...others.map((layer) => ({ ...layer, folder }))];
    });
  }

  /** Turns layer references into absolute paths. @throws UserError `LayerReferenceInvalid` */
  resolveLayers(references: readonly string[], folder = vscode.workspace.workspaceFolders?.[0]): string[] {
    const context = { ...this.#knownLayers(), folder: folder?.uri.fsPath };
    return references.map((reference) => {
      const path = resolveLayerReference(reference, context);
      const isNamed = context.named.some(({ name }) => name === reference); // its folder may still have to be built
      if (!isNamed && isBareName(reference) && !existsSync(path))
        throw unknownLayer(reference, context.named);
      return path;
    });
  }

  /** Makes a path absolute, one that a layer's name does not stand for. @throws UserError `LayerReferenceInvalid` */
  resolvePath(path: string): string {
    return absolutePath(path, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
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
    const { unknown } = templateLayers(this.#templatesOf());
    return {
      named: this.layers(),
      downloaded: (arn: string) => this.#downloaded.fileOf(arn),
      ...(unknown === undefined ? {} : { unknown }),
    };
  }

  /** The templates of a workspace folder, or all. */
  #templatesOf(folder?: string): NamedTemplate[] {
    return this.#templates.known.filter(
      (one) => one.type === 'template' && (folder === undefined || one.folder === folder),
    ) as NamedTemplate[];
  }
}

function launchConfigurations(scope: vscode.Uri | undefined): unknown {
  return vscode.workspace.getConfiguration('launch', scope).get('configurations');
}

/** What looks like the name of a layer rather than like a path. */
function isBareName(reference: string): boolean {
  return !/[\\/]|\.zip$/i.test(reference);
}

function unknownLayer(reference: string, named: readonly NamedLayer[]): UserError {
  const names = named.map(({ name }) => `"${name}"`).join(', ');
  return new UserError(
    'LayerNotFound',
    `There is no layer "${reference}": it does not exist as a folder, and neither the setting "lambdaLayers.layers" nor a template names it.`,
    names === '' ? 'No layer has a name here.' : `There are ${names}.`,
  );
}

function readLocalLayer(layer: unknown, folder: vscode.WorkspaceFolder): LocalLayer[] {
  if (typeof layer !== 'object' || layer === null || !('name' in layer) || !('path' in layer)) return [];
  const { name, path } = layer;
  if (typeof name !== 'string' || typeof path !== 'string') return [];
  const buildCommand = 'buildCommand' in layer ? layer.buildCommand : undefined;
  return [
    {
      ...{ name, path: absolutePath(path, folder.uri.fsPath), folder },
      ...(typeof buildCommand === 'string' && buildCommand.trim() !== '' ? { buildCommand } : {}),
    },
  ];
}
