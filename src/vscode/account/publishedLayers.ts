import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { shortName } from '../../core/account/layerNames.ts';
import type { DownloadedLayer } from '../../core/account/layerDownloads.ts';
import { isPublishedLayer } from '../../core/layer/layerReference.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { withCancellableProgress } from '../progress.ts';
import { requireTrust } from '../trust.ts';
import type { DownloadedLayers } from '../workspace/workspaceModel.ts';
import type { AwsAccounts } from './awsAccounts.ts';

const stateKey = 'lambdaLayers.downloadedLayers';

/** Whose wish a download is: what files of the workspace ask for needs trust. */
export type DownloadReason = 'person' | 'workspace';

/**
 * Published layer versions as layer references: which of them are on this machine, and the way to get the others.
 * What was downloaded is remembered by ARN for all windows, so that trees can be drawn without asking anybody.
 */
export class PublishedLayers implements DownloadedLayers, vscode.Disposable {
  readonly #accounts: AwsAccounts;
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(accounts: AwsAccounts, state: vscode.Memento) {
    this.#accounts = accounts;
    this.#state = state;
  }

  fileOf(versionArn: string): string | undefined {
    const file = this.#files()[versionArn];
    return file !== undefined && existsSync(file) ? file : undefined;
  }

  nameOf(file: string): string | undefined {
    const found = Object.entries(this.#files()).find(([, known]) => known === file);
    return found === undefined ? undefined : shortName(found[0]);
  }

  /**
   * Downloads the published versions among some layer references that are not on this machine yet, with progress
   * that can be cancelled. Without a place, each is looked for in its own region with the current profile.
   * Rejects with `Untrusted`, as `LayerDownloads`, or with the signal's reason.
   */
  async prepare(references: readonly string[], reason: DownloadReason, where?: AccountPlace): Promise<void> {
    const arns = [...new Set(references.filter(isPublishedLayer))];
    const missing: string[] = [];
    for (const arn of arns) if (!(await this.#findCached(arn))) missing.push(arn);
    if (missing.length === 0) return;
    if (reason === 'workspace')
      requireTrust(vscode.l10n.t('Downloading the layers of a launch configuration'));
    const title = vscode.l10n.t('Downloading {0}', missing.map(shortName).join(', '));
    await withCancellableProgress(title, async (signal, report) => {
      for (const arn of missing) {
        const named = (message: string): void => report(`${shortName(arn)}: ${message}`);
        await this.fetch(arn, { where, signal, report: missing.length > 1 ? named : report });
      }
    });
  }

  /** The zip of one version. Rejects as `LayerDownloads`. */
  async fetch(
    versionArn: string,
    options: {
      readonly where?: AccountPlace | undefined;
      readonly signal?: AbortSignal;
      readonly report?: (message: string) => void;
    } = {},
  ): Promise<DownloadedLayer> {
    const place = options.where ?? (await this.#accounts.placeOf(versionArn));
    const found = await this.#accounts.downloads.fetch(await this.#accounts.gateway(place), versionArn, {
      signal: options.signal,
      onProgress: downloadProgress(options.report),
    });
    await this.#remember(versionArn, found.file);
    return found;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Whether a version of AWS itself is there. What a stand-in gave before may be another's content by now. */
  async #findCached(versionArn: string): Promise<boolean> {
    const { endpointUrl } = await this.#accounts.gateway(await this.#accounts.placeOf(versionArn));
    if (endpointUrl !== undefined) return false;
    const file = await this.#accounts.downloads.cached(versionArn);
    if (file !== undefined) await this.#remember(versionArn, file);
    return file !== undefined;
  }

  #files(): Readonly<Record<string, string>> {
    return this.#state.get<Record<string, string>>(stateKey, {});
  }

  async #remember(versionArn: string, file: string): Promise<void> {
    if (this.#files()[versionArn] === file) return;
    await this.#state.update(stateKey, { ...this.#files(), [versionArn]: file });
    this.#changed.fire();
  }
}

/** Says how far a download is, in whole percent. */
export function downloadProgress(report: ((message: string) => void) | undefined) {
  let shown = -1;
  return (done: number, total: number): void => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    if (percent === shown) return;
    shown = percent;
    report?.(vscode.l10n.t('{0} % of {1}', percent, formatBytes(total)));
  };
}
