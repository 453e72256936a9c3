import * as vscode from 'vscode';
import { invocationScheme, rowOfUri } from '../invocations/invocationDocuments.ts';
import type { Invocations } from '../invocations/invocations.ts';
import { logLanguageId } from '../manifest.ts';
import type { Stacks } from '../optFiles/stacks.ts';
import { LogLinks, type MappingsOf } from './logLinks.ts';

export interface LanguageServices {
  readonly stacks: Stacks;
  readonly invocations: Invocations;
}

/** What makes logs of functions more than text: links to sources. Colours come from the grammar in `syntaxes`. */
export function registerLanguage({ invocations, stacks }: LanguageServices): vscode.Disposable {
  const mappingsOf: MappingsOf = ({ uri }) => {
    const row = uri.scheme === invocationScheme ? rowOfUri(invocations, uri) : undefined;
    const sessions = row === undefined ? invocations.sessions : [row.session];
    return sessions.flatMap(({ running }) => running.mapping ?? []);
  };
  return vscode.languages.registerDocumentLinkProvider(
    { language: logLanguageId },
    new LogLinks(stacks, mappingsOf),
  );
}
