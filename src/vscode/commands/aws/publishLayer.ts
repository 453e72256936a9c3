import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { requireMetadata } from '../../../core/account/layerMetadata.ts';
import { layerArnOf, shortName } from '../../../core/account/layerNames.ts';
import type { LayerMetadata } from '../../../core/account/ports.ts';
import {
  publishLayer as publish,
  type PublishProgress,
  type PublishResult,
} from '../../../core/account/publishLayer.ts';
import { planPublish, type PublishPlan } from '../../../core/account/publishPlan.ts';
import { UserError } from '../../../core/base/errors.ts';
import type { Finding } from '../../../core/checks/finding.ts';
import { formatBytes } from '../../../core/opt/budget.ts';
import { type Report, withCancellableProgress } from '../../progress.ts';
import { telling } from '../../register.ts';
import { requireTrust } from '../../trust.ts';
import type { TreeNode } from '../../views/nodes.ts';
import type { AwsServices } from './awsServices.ts';
import { compareWithVersion } from './compareWithPublished.ts';
import { confirmPublish, type PublishDecision } from './publishConfirm.ts';
import {
  askMetadata,
  configuredMetadata,
  layerNameOf,
  rememberedMetadata,
  rememberMetadata,
} from './publishMetadata.ts';
import { publishSource, type PublishSource, requireZip } from './publishSource.ts';
import { offerUpdate } from './updateDependents.ts';
import { askForSource, pathOfRow } from './publishPath.ts';

export interface PublishOptions extends Partial<LayerMetadata> {
  /** Folder, or the name of a configured layer; packaged first. */
  readonly path?: string;
  /** Zip, published as it is. */
  readonly zip?: string;
  readonly copyPermissionsFrom?: 'previous';
  /** Publishes although the newest version has this content, or the checks found errors. */
  readonly force?: boolean;
}

/** How publishing is started: options, a row of the Layers view, or a folder or zip of the explorer. */
export type PublishInput = PublishOptions | TreeNode | vscode.Uri | undefined;

/**
 * Publishes a folder or zip as a layer version: checks and packages it, asks for its metadata, shows what will be
 * published, and does it. Content that the newest version has already is not published again.
 * @returns the layer version ARN, of the newest version when nothing changed; `undefined` when the person gave up
 */
export async function publishLayer(services: AwsServices, input: PublishInput): Promise<string | undefined> {
  requireTrust(vscode.l10n.t('Publishing'));
  if (isOptions(input)) return publishOptions(services, input);
  const where = await services.accounts.current();
  const path = input === undefined ? await askWhatToPublish(services) : pathOfRow(input);
  if (path === undefined) return undefined;
  const known = rememberedMetadata(services.state, path);
  const metadata = await askMetadata({ name: layerNameOf(path), ...known });
  if (metadata === undefined) return undefined;
  return withSource(services, path, metadata, async (source) => {
    const plan = await makePlan(services, { source, metadata, where });
    const decision = await confirmPublish({
      ...{ plan, findings: source.findings, where },
      compare: (arn) => compareWithVersion(services, { arn, where, path, zip: source.zip }),
    });
    if (decision === undefined) return undefined;
    return carryOut(services, { plan, decision, path, where });
  });
}

async function publishOptions(services: AwsServices, options: PublishOptions): Promise<string | undefined> {
  const given = options.path ?? options.zip;
  if (given === undefined || (options.path !== undefined && options.zip !== undefined)) {
    throw new UserError(
      'ConfigurationInvalid',
      vscode.l10n.t('What to publish is not clear.'),
      vscode.l10n.t('Give either "path" or "zip".'),
    );
  }
  const [path = given] = services.model.resolveLayers([given]);
  if (options.zip !== undefined) await requireZip(path);
  const known = configuredMetadata(path);
  const metadata: LayerMetadata = {
    ...known,
    ...metadataOf(options),
    name: options.name ?? known.name ?? '',
  };
  requireMetadata(metadata);
  const where = await services.accounts.current();
  return withSource(services, path, metadata, async (source) => {
    if (options.force !== true) refuseErrors(path, source.findings);
    const plan = await makePlan(services, { source, metadata, where });
    const decision = {
      whenUnchanged: options.force === true ? ('publish' as const) : ('skip' as const),
      copyPermissions: options.copyPermissionsFrom ?? ('none' as const),
    };
    return carryOut(services, { plan, decision, path, where });
  });
}

async function withSource<T>(
  services: AwsServices,
  path: string,
  { compatibleArchitectures: architectures = [] }: LayerMetadata,
  run: (source: PublishSource) => Promise<T>,
): Promise<T> {
  // Programs are held against an architecture only where there is but one.
  const source = await publishSource(
    services,
    path,
    architectures.length === 1 ? architectures[0] : undefined,
  );
  try {
    return await run(source);
  } finally {
    await source.release();
  }
}

async function makePlan(
  { accounts }: AwsServices,
  request: {
    readonly source: PublishSource;
    readonly metadata: LayerMetadata;
    readonly where: AccountPlace;
  },
): Promise<PublishPlan> {
  const { source, metadata, where } = request;
  const gateway = await accounts.gateway(where);
  const title = vscode.l10n.t('Looking at the versions of {0}', metadata.name);
  return withCancellableProgress(title, (signal) =>
    planPublish(gateway, { zip: source.zip, metadata, bucket: accounts.bucket() }, { signal }),
  );
}

async function carryOut(
  services: AwsServices,
  request: {
    readonly plan: PublishPlan;
    readonly decision: PublishDecision;
    readonly path: string;
    readonly where: AccountPlace;
  },
): Promise<string> {
  const { accounts, state } = services;
  const { plan, decision, path, where } = request;
  const ports = { gateway: await accounts.gateway(where), objects: await accounts.objects(where) };
  const title = vscode.l10n.t('Publishing {0}', plan.metadata.name);
  const onProgress = (report: Report) => (progress: PublishProgress) => report(progressText(progress));
  const result = await withCancellableProgress(title, (signal, report) =>
    publish(ports, plan, { ...decision, signal, onProgress: onProgress(report) }),
  ).finally(async () => (await accounts.store(where)).layerChanged(plan.metadata.name));
  const layerArn = layerArnOf(result.version.arn);
  await rememberMetadata(state, path, { metadata: plan.metadata, layerArn });
  void announce(services, where, result);
  return result.version.arn;
}

function progressText(progress: PublishProgress): string {
  switch (progress.phase) {
    case 'upload':
      return vscode.l10n.t('uploading {0} of {1}', formatBytes(progress.done), formatBytes(progress.total));
    case 'publish':
      return vscode.l10n.t('waiting for Lambda');
    case 'permissions':
      return vscode.l10n.t('copying permissions');
  }
}

async function announce(
  services: AwsServices,
  where: AccountPlace,
  { status, version, warnings }: PublishResult,
): Promise<void> {
  const name = shortName(version.arn);
  if (warnings.length > 0) void vscode.window.showWarningMessage(warnings.join(' '));
  if (status === 'unchanged') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing was published: {0} has exactly this content already.', name),
    );
    return;
  }
  const update = vscode.l10n.t('Update Functions…');
  const copy = vscode.l10n.t('Copy ARN');
  const text = vscode.l10n.t('Published {0}.', name);
  const chosen = await vscode.window.showInformationMessage(text, update, copy);
  if (chosen === copy) await vscode.env.clipboard.writeText(version.arn);
  if (chosen === update) {
    await telling(offerUpdate(services, { arn: version.arn, where }));
  }
}

/** Nobody is there to be asked. @throws UserError `RequestRefused` */
function refuseErrors(path: string, findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` ${vscode.l10n.t('{0} more are in Problems.', errors.length - 1)}` : '';
  throw new UserError(
    'RequestRefused',
    vscode.l10n.t('{0} was not published: {1}', basename(path), first.message),
    `${first.help}${more} ${vscode.l10n.t('With "force" it is published all the same.')}`,
  );
}

function metadataOf(options: PublishOptions): Partial<LayerMetadata> {
  const { description, licenseInfo, compatibleRuntimes, compatibleArchitectures } = options;
  return {
    ...(description === undefined ? {} : { description }),
    ...(licenseInfo === undefined ? {} : { licenseInfo }),
    ...(compatibleRuntimes === undefined ? {} : { compatibleRuntimes }),
    ...(compatibleArchitectures === undefined ? {} : { compatibleArchitectures }),
  };
}

function askWhatToPublish({ model }: AwsServices): Promise<string | undefined> {
  return askForSource(model, {
    title: vscode.l10n.t('Publish Layer'),
    placeHolder: vscode.l10n.t('Layer to publish'),
    openLabel: vscode.l10n.t('Publish'),
  });
}

function isOptions(input: PublishInput): input is PublishOptions {
  return input !== undefined && !(input instanceof vscode.Uri) && !('type' in input);
}
