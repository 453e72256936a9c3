import { mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import * as vscode from 'vscode';
import { systemErrorCode, UserError } from '../../../core/base/errors.ts';
import type { Logger } from '../../../core/base/logger.ts';
import type { Finding } from '../../../core/checks/finding.ts';
import { packageLayer } from '../../../core/packaging/packageLayer.ts';
import { reportPackaging, withCancellableProgress } from '../../progress.ts';
import { buildLayer } from '../buildLayer.ts';
import type { AwsServices } from './awsServices.ts';

/** The zip of a layer, as it would be published. */
export interface PackagedSource {
  /** Absolute path of the zip. */
  readonly zip: string;
  /** Removes what was made for it. */
  readonly release: () => Promise<void>;
}

/** A zip that is ready to be published. */
export interface PublishSource extends PackagedSource {
  /** What the checks found in it. */
  readonly findings: readonly Finding[];
}

/**
 * Builds a layer that has a build command, checks it, and packages it into a temporary folder if it is a folder. Rejects
 * with `LayerNotFound`, or as building, packaging and opening do.
 */
export async function publishSource(
  services: Pick<AwsServices, 'checks' | 'log' | 'model' | 'store'>,
  path: string,
  architecture: string | undefined,
): Promise<PublishSource> {
  const { checks, log } = services;
  const title = vscode.l10n.t('Building layer {0}', basename(path));
  const isBuilt = await withCancellableProgress(title, (signal, report) =>
    buildLayer(services, path, { signal, onLine: report }),
  );
  if (isBuilt) services.store.invalidate(path); // watchers may not have heard of it yet
  await isDirectory(path);
  const stack = { paths: [path], ...(architecture === undefined ? {} : { architecture }) };
  const findings = await checks.findings(stack);
  return { ...(await packagedSource(path, log)), findings };
}

/** A zip as it is, a folder packaged into a temporary one. Rejects as `publishSource`. */
export async function packagedSource(path: string, logger: Logger): Promise<PackagedSource> {
  if (!(await isDirectory(path))) return { zip: path, release: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'lambda-layers-publish-'));
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const output = join(folder, `${basename(path)}.zip`);
    const title = vscode.l10n.t('Packaging layer {0}', basename(path));
    await withCancellableProgress(title, (signal, report) =>
      packageLayer({ path, output }, { signal, logger, onProgress: reportPackaging(report) }),
    );
    return { zip: output, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** @throws UserError `LayerNotFound`, `ConfigurationInvalid` for a folder */
export async function requireZip(path: string): Promise<void> {
  if (!(await isDirectory(path))) return;
  throw new UserError(
    'ConfigurationInvalid',
    vscode.l10n.t('{0} is a folder, not a zip.', path),
    vscode.l10n.t('Give it as "path": it is packaged first.'),
  );
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const fact = systemErrorCode(error) ?? String(error);
    throw new UserError(
      'LayerNotFound',
      vscode.l10n.t('{0} cannot be read ({1}).', path, fact),
      vscode.l10n.t('Correct the path of the folder or zip.'),
      { cause: error },
    );
  }
}
