import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import {
  type DocumentKind,
  documentKinds,
  invocationDocument,
} from '../../core/invocations/invocationDocument.ts';
import type { Invocations, Row } from './invocations.ts';
import { shortId } from './invocationTexts.ts';
import { Throttle } from './throttle.ts';

/** Scheme of the documents of invocations; `lambda-invocation:/<number>/<name>?<request id>`. */
export const invocationScheme = 'lambda-invocation';

/** The least time between two changes of open documents, in milliseconds. */
const updateIntervalMs = 300;

/** Reads events, responses, logs and telemetry of invocations as documents, which follow while the invocation runs. */
export class InvocationDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #invocations: Invocations;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #stale = new Set<number>();
  readonly #throttle = new Throttle(updateIntervalMs, () => this.#update());
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(invocations: Invocations) {
    this.#invocations = invocations;
    const following = invocations.history.onDidChange((change) => {
      if (change.type === 'rows') return;
      this.#stale.add(change.row.number);
      this.#throttle.request();
    });
    this.#subscriptions = vscode.Disposable.from(following, this.#throttle, this.#changed);
  }

  /** @throws UserError `NotFound` while there is no such document */
  uriOf(row: Row, kind: DocumentKind): vscode.Uri {
    const document = invocationDocument(row, kind);
    if (document === undefined) {
      throw new UserError(
        'NotFound',
        vscode.l10n.t('The invocation {0} has no response.', shortId(row)),
        row.finished ? undefined : vscode.l10n.t('Wait until it is done.'),
      );
    }
    const id = shortId(row).replaceAll(/[^\w-]/g, '_'); // callers may choose their own ids
    const name = kind === 'log' ? `${id}.lambda-log` : `${id}-${kind}.${endings[document.format]}`;
    return vscode.Uri.from({
      scheme: invocationScheme,
      path: `/${row.number}/${name}`,
      query: row.record.requestId,
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const row = rowOfUri(this.#invocations, uri);
    const kind = kindOf(uri);
    const document = row === undefined || kind === undefined ? undefined : invocationDocument(row, kind);
    return document?.text ?? vscode.l10n.t('This invocation is not kept any more.');
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== invocationScheme) continue;
      const row = rowOfUri(this.#invocations, uri);
      if (row !== undefined && this.#stale.has(row.number)) this.#changed.fire(uri);
    }
    this.#stale.clear();
  }
}

function kindOf({ path }: vscode.Uri): DocumentKind | undefined {
  const [, ending] = /[-.]([a-z]+)(?:\.\w+)?$/.exec(path) ?? [];
  return documentKinds.find((kind) => kind === ending);
}

/** By these the editor knows the language. */
const endings = { json: 'json', text: 'txt', log: 'lambda-log' } as const;

/** The invocation of a document; `undefined` when it is forgotten, or of an earlier window. */
export function rowOfUri({ history }: Invocations, uri: vscode.Uri): Row | undefined {
  const row = history.row(Number(uri.path.split('/')[1]));
  return row?.record.requestId === uri.query ? row : undefined;
}
