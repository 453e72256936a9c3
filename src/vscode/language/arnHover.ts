import * as vscode from 'vscode';
import { requireVersionArn } from '../../core/account/layerNames.ts';
import { parseAwsLayerArn } from '../../core/layer/layerArn.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { describeDate } from '../describeDate.ts';
import { commandIds } from '../manifest.ts';
import { plain } from '../markdownTexts.ts';
import type { ArnFacts, ArnKnowledge } from './arnKnowledge.ts';
import { type ArnPlace, findLayerArns } from './arnPlaces.ts';

/** Tells what is known of a layer version ARN under the pointer, with links to what can be done; never calls AWS. */
export class ArnHovers implements vscode.HoverProvider {
  readonly #knowledge: ArnKnowledge;

  constructor(knowledge: ArnKnowledge) {
    this.#knowledge = knowledge;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const place = arnAt(document, position);
    if (place === undefined) return undefined;
    const text = hoverText(place.arn, this.#knowledge.known(place.arn));
    return new vscode.Hover(text, rangeOf(place, position.line));
  }
}

/** The layer version ARN at a position. */
export function arnAt(document: vscode.TextDocument, position: vscode.Position): ArnPlace | undefined {
  const places = findLayerArns(document.lineAt(position.line).text);
  return places.find(({ start, end }) => start <= position.character && position.character <= end);
}

/** Where an ARN of a line is. */
export function rangeOf({ start, end }: ArnPlace, line: number): vscode.Range {
  return new vscode.Range(line, start, line, end);
}

const trusted = {
  enabledCommands: [commandIds.openOpt, commandIds.copyNewerArn, commandIds.lookUpLayerVersion],
};

function hoverText(arn: string, facts: ArnFacts): vscode.MarkdownString {
  const own = parseAwsLayerArn(arn);
  if (own !== undefined) return awsLayerText(arn, own.name, facts);
  const { name, version, region, account } = requireVersionArn(arn);
  const text = new vscode.MarkdownString();
  text.isTrusted = trusted;
  text.appendMarkdown(`**${vscode.l10n.t('Layer {0}, version {1}', name, version)}**\n\n`);
  text.appendMarkdown(plain([region, account, ...factTexts(facts)].join(' · ')));
  if (facts.version !== undefined && facts.version.description !== '') {
    text.appendMarkdown(`\n\n${plain(facts.version.description)}`);
  }
  text.appendMarkdown(`\n\n${plain(newerText(facts))}\n\n${links(arn, facts).join(' | ')}`);
  return text;
}

/** It belongs to no account, and has no versions to look up. */
function awsLayerText(arn: string, name: string, facts: ArnFacts): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.isTrusted = trusted;
  text.appendMarkdown(`**${vscode.l10n.t('Layer {0} of AWS itself', name)}**\n\n`);
  text.appendMarkdown(`${plain(factTexts(facts).join(' · '))}\n\n${browseLink(arn)}`);
  return text;
}

function factTexts({ version, zippedBytes }: ArnFacts): string[] {
  return [
    ...(version === undefined ? [] : [describeDate(version.created)]),
    ...(version?.compatibleRuntimes ?? []),
    ...(version?.compatibleArchitectures ?? []),
    ...(zippedBytes === undefined ? [] : [formatBytes(zippedBytes)]),
  ];
}

function newerText({ newer, isComplete, versionsDenied }: ArnFacts): string {
  if (newer !== undefined) return vscode.l10n.t('There is a newer version: {0}.', newer.version);
  if (isComplete) return vscode.l10n.t('This is the newest version.');
  return versionsDenied ?? vscode.l10n.t('Whether there is a newer version is not known.');
}

function links(arn: string, { newer, version, isComplete }: ArnFacts): string[] {
  const about = { layerVersionArn: arn };
  return [
    browseLink(arn),
    ...(newer === undefined ? [] : [link(vscode.l10n.t('Copy Newer ARN'), commandIds.copyNewerArn, about)]),
    ...(version !== undefined && isComplete
      ? []
      : [link(vscode.l10n.t('Look Up'), commandIds.lookUpLayerVersion, about)]),
  ];
}

function browseLink(arn: string): string {
  return link(vscode.l10n.t('Browse /opt'), commandIds.openOpt, { layers: [arn] });
}

function link(label: string, command: string, argument: object): string {
  return `[${label}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
}
