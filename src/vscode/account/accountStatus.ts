import * as vscode from 'vscode';
import { commandIds } from '../manifest.ts';
import { describePlace } from './accountItems.ts';
import type { AwsAccounts } from './awsAccounts.ts';

/** The chosen profile and region in the status bar, while the account view is on the screen. */
export class AccountStatus implements vscode.Disposable {
  readonly #accounts: AwsAccounts;
  readonly #view: vscode.TreeView<unknown>;
  readonly #subscription: vscode.Disposable;
  #item: vscode.StatusBarItem | undefined;

  constructor(accounts: AwsAccounts, view: vscode.TreeView<unknown>) {
    this.#accounts = accounts;
    this.#view = view;
    this.#subscription = vscode.Disposable.from(
      view.onDidChangeVisibility(() => void this.#update()),
      accounts.onDidChange(({ kind }) => {
        if (kind === 'everything') void this.#update();
      }),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item?.dispose();
  }

  async #update(): Promise<void> {
    const [place] = this.#view.visible ? await this.#accounts.places().catch(() => []) : [];
    if (place === undefined) {
      this.#item?.hide();
      return;
    }
    const label = vscode.l10n.t('AWS profile and region of Lambda Layers');
    this.#item ??= vscode.window.createStatusBarItem('lambdaLayers.account', vscode.StatusBarAlignment.Left);
    Object.assign(this.#item, {
      name: vscode.l10n.t('AWS Profile and Region'),
      command: commandIds.selectProfile,
      text: `$(cloud) ${describePlace(place)}`,
      tooltip: label,
      accessibilityInformation: { label: `${label}: ${describePlace(place)}` },
    });
    this.#item.show();
  }
}
