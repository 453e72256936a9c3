import * as vscode from 'vscode';
import { isPublishedLayer } from '../../core/layer/layerReference.ts';
import type { DownloadReason, PublishedLayers } from '../account/publishedLayers.ts';
import type { UsedLayerNode } from '../views/nodes.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';
import type { StackTarget } from './stackTarget.ts';

/** What resolving stacks of the workspace needs. */
interface WorkspaceServices {
  readonly model: WorkspaceModel;
  readonly published: PublishedLayers;
}

/** The stack of some layer references that a person or a program gave. Rejects as `PublishedLayers.prepare`. */
export async function layersTarget(
  { model, published }: WorkspaceServices,
  references: readonly string[],
): Promise<StackTarget> {
  await published.prepare(references, 'person');
  return { paths: model.resolveLayers(references) };
}

/** The stack of a layer that is used; one that is published and not on this machine has a reference only. */
export async function usedLayerTarget(
  { model, published }: WorkspaceServices,
  { use, parent }: UsedLayerNode,
): Promise<StackTarget | undefined> {
  if (use.path !== undefined) return { paths: [use.path] };
  const reason: DownloadReason = parent.type === 'function' ? 'workspace' : 'person';
  await published.prepare([use.reference], reason);
  return isPublishedLayer(use.reference) ? { paths: model.resolveLayers([use.reference]) } : undefined;
}

/** A launch configuration's stack; every reference is resolved again, so that a broken one is told with its reason. */
export async function functionTarget(
  { model, published }: WorkspaceServices,
  name: string,
): Promise<StackTarget> {
  await published.prepare(
    model.functionNamed(name).layers.map(({ reference }) => reference),
    'workspace',
  );
  const { layers, folder, code, runtime } = model.functionNamed(name);
  const workspaceFolder = vscode.workspace.workspaceFolders?.find((one) => one.uri.fsPath === folder);
  const paths = layers.flatMap((use) => use.path ?? model.resolveLayers([use.reference], workspaceFolder));
  return { paths, functionName: name, runtime, ...(code === undefined ? {} : { code }) };
}
