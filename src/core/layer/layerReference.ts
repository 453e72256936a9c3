import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { noVersionArn, parseAwsLayerArn, parseLayerVersionArn } from './layerArn.ts';

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
  /** The zip of a published layer version that is on this machine already, by its ARN. */
  readonly downloaded?: ((versionArn: string) => string | undefined) | undefined;
  /** References of templates that mean nothing on this machine, with the reason. */
  readonly unknown?: ReadonlyMap<string, string>;
}

/**
 * Turns a layer reference into the absolute path of a folder or zip: the name of a configured layer, the ARN of a
 * published version that was downloaded, or a path. Whether something is there is found out by opening it.
 * @throws UserError `LayerReferenceInvalid`; `LayerNotFound` for a published version that is not on this machine
 */
export function resolveLayerReference(
  reference: string,
  { folder, named, downloaded, unknown }: ReferenceContext,
): string {
  const reason = unknown?.get(reference);
  if (reason !== undefined) {
    throw new UserError(
      'LayerReferenceInvalid',
      `The layer ${reference}: ${reason}`,
      'Name the layers in a launch configuration whose "function" is this one.',
    );
  }
  if (reference.trim() === '') {
    throw new UserError(
      'LayerReferenceInvalid',
      'A layer reference is empty.',
      'Name a folder, a zip or a layer.',
    );
  }
  if (isPublishedLayer(reference)) {
    const file = downloaded?.(reference);
    if (file !== undefined) return file;
    throw new UserError(
      'LayerNotFound',
      `${reference} is not on this machine yet.`,
      'Browse its /opt to download it.',
    );
  }
  if (reference.startsWith('arn:')) throw noVersionArn(reference);
  const known = named.find((layer) => layer.name === reference);
  return known?.path ?? absolutePath(reference, folder);
}

/** Whether a layer reference is the ARN of a published layer version, or of a layer of AWS itself. */
export function isPublishedLayer(reference: string): boolean {
  return parseLayerVersionArn(reference) !== undefined || parseAwsLayerArn(reference) !== undefined;
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
