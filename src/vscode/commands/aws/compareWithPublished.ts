import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { requireVersionArn } from '../../../core/account/layerNames.ts';
import { lastPublished } from '../../../core/account/lastPublished.ts';
import { versionsTarget } from '../../account/accountTarget.ts';
import { withCancellableProgress } from '../../progress.ts';
import { requireTrust } from '../../trust.ts';
import type { TreeNode } from '../../views/nodes.ts';
import { compareStacks, type LayerComparison } from '../compareStacks.ts';
import type { AwsServices } from './awsServices.ts';
import { knownLayer } from './publishMetadata.ts';
import { askForSource, pathOfRow } from './publishPath.ts';
import { packagedSource } from './publishSource.ts';

export interface CompareWithPublishedOptions {
  /** Folder or zip, or the name of a configured layer. */
  readonly path: string;
  /** The newest version of the layer that it is published as without it. */
  readonly layerVersionArn?: string;
}

/** A published version. */
interface VersionPlace {
  readonly arn: string;
  readonly where: AccountPlace;
}

/**
 * Compares a local layer, as it would be packaged, with what is published of it, which is the left side. Asks which
 * when nothing is given.
 * @returns what differs, or `undefined` when nothing was chosen. Rejects as `lastPublished`, downloading and packaging
 */
export async function compareWithPublished(
  services: AwsServices,
  input?: CompareWithPublishedOptions | TreeNode | vscode.Uri,
): Promise<LayerComparison | undefined> {
  requireTrust(vscode.l10n.t('Packaging'));
  const path = await pathOf(services, input);
  if (path === undefined) return undefined;
  const published = await publishedVersion(services, path, optionsOf(input)?.layerVersionArn);
  const { zip, release } = await packagedSource(path, services.log);
  try {
    return await compareWithVersion(services, { ...published, path, zip });
  } finally {
    await release();
  }
}

/** Compares a published version with the zip of a local layer; what is opened are the layer's own files. */
export async function compareWithVersion(
  services: AwsServices,
  { arn, where, path, zip }: VersionPlace & { readonly path: string; readonly zip: string },
): Promise<LayerComparison> {
  const left = await versionsTarget(services, [arn], where);
  const content = await services.store.view([zip]);
  services.store.invalidate(zip); // it may be temporary
  return compareStacks(services, left, { paths: [path], content });
}

async function pathOf(
  { model }: AwsServices,
  input: CompareWithPublishedOptions | TreeNode | vscode.Uri | undefined,
): Promise<string | undefined> {
  const options = optionsOf(input);
  if (options !== undefined) return model.resolveLayers([options.path])[0];
  if (input instanceof vscode.Uri || (input !== undefined && 'type' in input)) return pathOfRow(input);
  return askForSource(model, {
    title: vscode.l10n.t('Compare with Published Version'),
    placeHolder: vscode.l10n.t('Layer to compare'),
    openLabel: vscode.l10n.t('Compare'),
  });
}

async function publishedVersion(
  { accounts, state }: AwsServices,
  path: string,
  versionArn: string | undefined,
): Promise<VersionPlace> {
  if (versionArn !== undefined) {
    requireVersionArn(versionArn);
    return { arn: versionArn, where: await accounts.placeOf(versionArn) };
  }
  const known = knownLayer(state, path);
  const where = await (known.layerArn === undefined ? accounts.current() : accounts.placeOf(known.layerArn));
  const gateway = await accounts.gateway(where);
  const title = vscode.l10n.t('Looking for what is published of {0}', basename(path));
  const { arn } = await withCancellableProgress(title, (signal) => lastPublished(gateway, known, { signal }));
  return { arn, where };
}

function optionsOf(
  input: CompareWithPublishedOptions | TreeNode | vscode.Uri | undefined,
): CompareWithPublishedOptions | undefined {
  return input === undefined || input instanceof vscode.Uri || 'type' in input ? undefined : input;
}
