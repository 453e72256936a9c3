import * as vscode from 'vscode';
import { explainPath, type Provenance } from '../../core/opt/provenance.ts';
import { decodeOptAddress, optScheme } from '../../core/opt/optUri.ts';
import type { Stacks } from './stacks.ts';

/** Badges files of `/opt` with the position of the layer that supplies them, and colours conflicts. */
export class OptDecorations implements vscode.FileDecorationProvider {
  readonly #stacks: Stacks;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(stacks: Stacks) {
    this.#stacks = stacks;
    stacks.onDidChange(() => this.#changed.fire(undefined));
  }

  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    const address = uri.scheme === optScheme ? decodeOptAddress(uri) : undefined;
    if (address === undefined || address.path === '' || address.layer !== undefined) return undefined;
    const stack = await this.#stacks.get(address.stack).catch(() => undefined);
    if (stack === undefined) return undefined; // the tree and the editor say why
    const provenance = explainPath(stack.view, address.path);
    const { winner, shadowed, conflicts } = provenance;
    if (winner === undefined || winner.kind === 'directory') return undefined;
    const color = conflicts.length > 0 ? new vscode.ThemeColor('list.warningForeground') : undefined;
    return new vscode.FileDecoration(
      shadowed.length > 0 ? `${winner.layer + 1}!` : String(winner.layer + 1),
      describeProvenance(provenance),
      color,
    );
  }
}

/** One sentence: who supplies a path, what that hides, and what is wrong with it. */
export function describeProvenance({ winner, shadowed, conflicts }: Provenance): string {
  if (winner === undefined) return vscode.l10n.t('Supplied by no layer');
  const parts = [vscode.l10n.t('Supplied by layer {0}', winner.layer + 1)];
  if (shadowed.length > 0) {
    const positions = shadowed.map((supplier) => supplier.layer + 1).join(', ');
    parts.push(vscode.l10n.t('hides the one of layer {0}', positions));
  }
  if (conflicts.some((conflict) => conflict.type === 'kind')) {
    parts.push(vscode.l10n.t('the layers disagree whether it is a file, a folder or a link'));
  }
  if (conflicts.some((conflict) => conflict.type === 'case')) {
    parts.push(vscode.l10n.t('another name here differs only by letter case'));
  }
  return parts.join('; ');
}
