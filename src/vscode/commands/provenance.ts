import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { explainPath, type Provenance, type Supplier } from '../../core/opt/provenance.ts';
import { optAddress, optUri } from '../optFiles/optUris.ts';
import { describeProvenance } from '../optFiles/optDecorations.ts';
import type { OpenStack } from '../optFiles/stacks.ts';
import type { TreeNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

export interface PathOptions {
  readonly uri: vscode.Uri | string;
}

/** Options when run by a program; a URI from an editor's menu, a row of the tree, or nothing when run by hand. */
type Input = PathOptions | vscode.Uri | TreeNode | undefined;

interface Place {
  readonly stack: OpenStack;
  readonly path: string;
}

/** Who supplies a file of `/opt`. Run by hand it also shows the answer, and opens the version that is chosen. */
export async function showProvenance(services: CommandServices, input: Input): Promise<Provenance> {
  const place = await placeOf(services, input);
  const provenance = explainPath(place.stack.view, place.path);
  if (!isOptions(input)) void pickVersion(services, place, provenance);
  return provenance;
}

/** Opens a diff of the winner of a path and the version right below it. @throws UserError when none is shadowed */
export async function compareShadowed(services: CommandServices, input: Input): Promise<void> {
  const { stack, path } = await placeOf(services, input);
  const { winner, shadowed } = explainPath(stack.view, path);
  const below = shadowed[0];
  if (winner === undefined || below === undefined) {
    throw new UserError(
      'PathNotFound',
      `/opt/${path} hides no other layer's file.`,
      'Choose one that is marked.',
    );
  }
  const left = optUri({ stack: stack.id, path, layer: below.layer });
  const right = optUri({ stack: stack.id, path, layer: winner.layer });
  const title = vscode.l10n.t('/opt/{0}: layer {1} ↔ layer {2}', path, below.layer + 1, winner.layer + 1);
  await vscode.commands.executeCommand('vscode.diff', left, right, title);
}

async function placeOf({ stacks }: CommandServices, input: Input): Promise<Place> {
  if (input !== undefined && 'type' in input) {
    if (input.type === 'entry') return { stack: input.stack, path: input.entry.path };
    throw noFile();
  }
  const uri = uriOf(input);
  const { stack, path } = optAddress(uri);
  return { stack: await stacks.get(stack), path };
}

function uriOf(input: PathOptions | vscode.Uri | undefined): vscode.Uri {
  if (input instanceof vscode.Uri) return input;
  if (input !== undefined)
    return typeof input.uri === 'string' ? vscode.Uri.parse(input.uri, true) : input.uri;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active === undefined) throw noFile();
  return active;
}

function noFile(): UserError {
  return new UserError(
    'PathNotFound',
    'No file of a merged /opt is chosen.',
    'Open one from the Layers view.',
  );
}

function isOptions(input: Input): input is PathOptions {
  return input !== undefined && !(input instanceof vscode.Uri) && 'uri' in input;
}

async function pickVersion(
  { model }: CommandServices,
  { stack, path }: Place,
  provenance: Provenance,
): Promise<void> {
  const row = (supplier: Supplier, role: string) => ({
    label: `${supplier.layer + 1}  ${model.nameOf(supplier.source)}`,
    description: role,
    detail: supplier.source,
    supplier,
  });
  const { winner, shadowed } = provenance;
  const rows = [
    ...(winner === undefined ? [] : [row(winner, vscode.l10n.t('supplies it'))]),
    ...shadowed.map((supplier) => row(supplier, vscode.l10n.t('shadowed'))),
  ];
  const picked = await vscode.window.showQuickPick(rows, {
    title: `/opt/${path}`,
    placeHolder: describeProvenance(provenance),
  });
  if (picked === undefined || picked.supplier.kind === 'directory') return;
  const uri = optUri({ stack: stack.id, path, layer: picked.supplier.layer });
  await vscode.commands.executeCommand('vscode.open', uri);
}
