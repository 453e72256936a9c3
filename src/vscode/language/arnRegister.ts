import * as vscode from 'vscode';
import { shortName } from '../../core/account/layerNames.ts';
import type { LayerVersionSummary } from '../../core/account/ports.ts';
import type { Logger } from '../../core/base/logger.ts';
import { askForVersionArn } from '../questions/askForArn.ts';
import { arnGrammars, commandIds } from '../manifest.ts';
import { withCancellableProgress } from '../progress.ts';
import { registerCommand } from '../register.ts';
import { ArnActions } from './arnActions.ts';
import { ArnHovers } from './arnHover.ts';
import { type ArnFacts, ArnKnowledge, type ArnSources } from './arnKnowledge.ts';

export interface LookUpOptions {
  readonly layerVersionArn: string;
}

/** What a look-up found, as commands return it. */
export interface LookUpResult {
  readonly layerVersionArn: string;
  readonly version: LayerVersionSummary | undefined;
  readonly zippedBytes: number | undefined;
  /** ARN of the newest version, if that is newer. */
  readonly newerArn: string | undefined;
}

/** Layer version ARNs in source files: hovers and actions. Colours come from the grammar in `syntaxes`. */
export function registerArns(accounts: ArnSources, logger: Logger): vscode.Disposable {
  const knowledge = new ArnKnowledge(accounts);
  const selector = Object.keys(arnGrammars).map((language) => ({ language }));
  return vscode.Disposable.from(
    knowledge,
    vscode.languages.registerHoverProvider(selector, new ArnHovers(knowledge)),
    vscode.languages.registerCodeActionsProvider(selector, new ArnActions(knowledge), {
      providedCodeActionKinds: ArnActions.kinds,
    }),
    registerCommand(commandIds.lookUpLayerVersion, logger, (options?: LookUpOptions) =>
      lookUpLayerVersion(knowledge, options),
    ),
    registerCommand(commandIds.copyNewerArn, logger, (options?: LookUpOptions) =>
      copyNewerArn(knowledge, options),
    ),
  );
}

/** Asks AWS about a layer version and its newer ones, and shows it. */
async function lookUpLayerVersion(
  knowledge: ArnKnowledge,
  options?: LookUpOptions,
): Promise<LookUpResult | undefined> {
  const title = vscode.l10n.t('Look Up Layer Version');
  const arn = options?.layerVersionArn ?? (await askForVersionArn(title));
  if (arn === undefined) return undefined;
  const facts = await ask(knowledge, arn);
  const text =
    facts.newer === undefined
      ? (facts.versionsDenied ?? vscode.l10n.t('{0} is the newest version.', shortName(arn)))
      : vscode.l10n.t('{0}: there is version {1}.', shortName(arn), facts.newer.version);
  const copy = vscode.l10n.t('Copy Newer ARN');
  const newerArn = facts.newer?.arn;
  void vscode.window
    .showInformationMessage(text, ...(newerArn === undefined ? [] : [copy]))
    .then((chosen) =>
      chosen === copy && newerArn !== undefined ? vscode.env.clipboard.writeText(newerArn) : undefined,
    );
  return { layerVersionArn: arn, version: facts.version, zippedBytes: facts.zippedBytes, newerArn };
}

/** Copies the ARN of the newest version; asks AWS, since a copied ARN should be true. @returns the copied ARN */
async function copyNewerArn(knowledge: ArnKnowledge, options?: LookUpOptions): Promise<string | undefined> {
  const arn = options?.layerVersionArn ?? (await askForVersionArn(vscode.l10n.t('Copy Newer ARN')));
  if (arn === undefined) return undefined;
  const { newer, versionsDenied } = await ask(knowledge, arn);
  if (newer === undefined) {
    const newest = vscode.l10n.t('{0} is the newest version.', shortName(arn));
    void vscode.window.showInformationMessage(versionsDenied ?? newest);
    return undefined;
  }
  await vscode.env.clipboard.writeText(newer.arn);
  return newer.arn;
}

function ask(knowledge: ArnKnowledge, arn: string): Promise<ArnFacts> {
  return withCancellableProgress(vscode.l10n.t('Looking up {0}', shortName(arn)), (signal) =>
    knowledge.lookUp(arn, signal),
  );
}
