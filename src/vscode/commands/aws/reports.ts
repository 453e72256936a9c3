import * as vscode from 'vscode';

/** Scheme of reports; `lambda-report:/<number>/<title>.md`. */
export const reportScheme = 'lambda-report';
/** Reports kept; the oldest go first. */
const maxKept = 20;

/** Tables of what will change or was changed in an account, as read-only documents that are shown as pages. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  #count = 0;

  /** Shows a new report, written in Markdown. */
  async show(title: string, markdown: string): Promise<vscode.Uri> {
    this.#count += 1;
    const name = title.replaceAll(/[^\p{Letter}\p{Number} ._-]+/gu, ' ').trim();
    const uri = vscode.Uri.from({ scheme: reportScheme, path: `/${this.#count}/${name}.md` });
    this.#texts.set(uri.toString(), markdown);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > maxKept && oldest !== undefined) this.#texts.delete(oldest);
    await vscode.workspace.openTextDocument(uri);
    await vscode.commands
      .executeCommand('markdown.showPreview', uri)
      .then(undefined, () => vscode.window.showTextDocument(uri, { preview: true })); // it may be turned off
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('This report is not kept any more.');
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
