import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import type { PathMapping } from '../../core/debug/pathMapping.ts';
import { findSourcePaths, type SourcePath } from '../../core/invocations/sourcePaths.ts';
import { optUri } from '../optFiles/optUris.ts';
import type { Stacks } from '../optFiles/stacks.ts';

/** How many lines of a log are looked at, from its end. */
const maxLines = 5000;

/** What a log tells of: the newest execution environment first. */
export type MappingsOf = (document: vscode.TextDocument) => readonly PathMapping[];

/**
 * Makes the places in source files that a log names clickable: `/var/task` leads to the code, `/opt` to the file of
 * the layer that supplies the path.
 */
export class LogLinks implements vscode.DocumentLinkProvider {
  readonly #stacks: Stacks;
  readonly #mappingsOf: MappingsOf;

  constructor(stacks: Stacks, mappingsOf: MappingsOf) {
    this.#stacks = stacks;
    this.#mappingsOf = mappingsOf;
  }

  async provideDocumentLinks(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentLink[]> {
    const mappings = this.#mappingsOf(document);
    const targets = new Map<string, Promise<vscode.Uri | undefined>>();
    const links: vscode.DocumentLink[] = [];
    for (let line = Math.max(0, document.lineCount - maxLines); line < document.lineCount; line += 1) {
      for (const place of findSourcePaths(document.lineAt(line).text)) {
        if (token.isCancellationRequested) return [];
        let target = targets.get(place.path);
        if (target === undefined) {
          target = this.#targetOf(place, mappings);
          targets.set(place.path, target);
        }
        const uri = await target;
        if (uri !== undefined) links.push(linkTo(uri, line, place));
      }
    }
    return links;
  }

  async #targetOf(place: SourcePath, mappings: readonly PathMapping[]): Promise<vscode.Uri | undefined> {
    if (place.kind === 'class') return findByEnd(place.path);
    const candidates = place.kind === 'absolute' ? [place.path] : relativePaths(place.path, mappings);
    for (const path of candidates) {
      for (const mapping of mappings) {
        const uri = await this.#mapped(path, mapping);
        if (uri !== undefined) return uri;
      }
      if (await isFile(path)) return vscode.Uri.file(path); // Go and Rust write where they were compiled
    }
    return undefined;
  }

  async #mapped(path: string, mapping: PathMapping): Promise<vscode.Uri | undefined> {
    const location = mapping.toSource(path);
    if (location === undefined) return undefined;
    if (location.type === 'file') {
      return (await isFile(location.path)) ? vscode.Uri.file(location.path) : undefined;
    }
    await Promise.all(mapping.stacks.map((stack) => this.#stacks.open(stack)));
    return optUri(location);
  }
}

/** Where a path may lead that is relative to the function's code, or to where it was compiled. */
function relativePaths(path: string, mappings: readonly PathMapping[]): string[] {
  const folders = [
    ...mappings.map(({ root }) => root.task),
    ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
  ];
  return folders.map((folder) => resolve(folder, path));
}

/** The one file of the workspace whose path ends so. */
async function findByEnd(path: string): Promise<vscode.Uri | undefined> {
  const [uri, other] = await vscode.workspace.findFiles(`**/${path}`, undefined, 2);
  return other === undefined ? uri : undefined;
}

function linkTo(uri: vscode.Uri, line: number, place: SourcePath): vscode.DocumentLink {
  const position =
    place.line === undefined ? '' : `L${place.line}${place.column === undefined ? '' : `,${place.column}`}`;
  const range = new vscode.Range(line, place.start, line, place.end);
  const link = new vscode.DocumentLink(range, uri.with({ fragment: position }));
  link.tooltip = vscode.workspace.asRelativePath(uri);
  return link;
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true;
}
