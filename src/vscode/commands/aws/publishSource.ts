import { mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import * as vscode from 'vscode';
import { systemErrorCode, UserError } from '../../../core/base/errors.ts';
import type { Finding } from '../../../core/checks/finding.ts';
import { packageLayer } from '../../../core/packaging/packageLayer.ts';
import { withCancellableProgress } from '../../progress.ts';
import type { AwsServices } from './awsServices.ts';

/** A zip that is ready to be published. */
export interface PublishSource {
  /** Absolute path of the zip. */
  readonly zip: string;
  /** What the checks found in it. */
  readonly findings: readonly Finding[];
  /** Removes what was made for publishing. */
  readonly release: () => Promise<void>;
}

/**
 * Checks a layer, and packages it into a temporary folder if it is a folder. Rejects with `LayerNotFound`, or as
 * packaging and opening do.
 */
export async function publishSource(
  { checks, log }: AwsServices,
  path: string,
  architecture: string | undefined,
): Promise<PublishSource> {
  const isFolder = await isDirectory(path);
  const stack = { paths: [path], ...(architecture === undefined ? {} : { architecture }) };
  const findings = await checks.findings(stack);
  if (!isFolder) return { zip: path, findings, release: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'lambda-layers-publish-'));
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const output = join(folder, `${basename(path)}.zip`);
    const title = vscode.l10n.t('Packaging layer {0}', basename(path));
    await withCancellableProgress(title, (signal, report) =>
      packageLayer(
        { path, output },
        {
          signal,
          logger: log,
          onProgress: ({ phase, done, total }) =>
            report(total > 0 ? `${phase} ${Math.floor((100 * done) / total)} %` : phase),
        },
      ),
    );
    return { zip: output, findings, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const fact = systemErrorCode(error) ?? String(error);
    throw new UserError('LayerNotFound', vscode.l10n.t('{0} cannot be read ({1}).', path, fact), undefined, {
      cause: error,
    });
  }
}
