import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { parseLayerVersionArn } from './layerArn.ts';

/** A layer that the setting `lambdaLayers.layers` names. */
export interface NamedLayer {
  readonly name: string;
  /** Absolute path of the folder or zip. */
  readonly path: string;
}

/** What layer references are read against. */
export interface ReferenceContext {
  /** The workspace folder that relative paths start from; `undefined` when no folder is open. */
  readonly folder: string | undefined;
  readonly named: readonly NamedLayer[];
}

/**
 * Turns a layer reference into the absolute path of a folder or zip: the name of a configured layer, or a path.
 * Whether something is there is found out by opening it.
 * @throws UserError `LayerReferenceInvalid`
 */
export function resolveLayerReference(reference: string, { folder, named }: ReferenceContext): string {
  if (reference.trim() === '') {
    throw new UserError(
      'LayerReferenceInvalid',
      'A layer reference is empty.',
      'Name a folder, a zip or a layer.',
    );
  }
  if (parseLayerVersionArn(reference) !== undefined) {
    throw new UserError(
      'LayerReferenceInvalid',
      `${reference} is a published layer; layers of an AWS account cannot be used yet.`,
      'Download it and name the folder or zip instead.',
    );
  }
  const known = named.find((layer) => layer.name === reference);
  return known?.path ?? absolutePath(reference, folder);
}

/** Makes a path absolute against the workspace folder, with `~/` for the home folder. */
export function absolutePath(path: string, folder: string | undefined): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  if (isAbsolute(path)) return resolve(path);
  if (folder !== undefined) return resolve(folder, path);
  throw new UserError(
    'LayerReferenceInvalid',
    `The path "${path}" is relative, and no folder is open that it could start from.`,
    'Open a folder, or give an absolute path.',
  );
}
