import * as vscode from 'vscode';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { isFunctionArn } from '../../core/account/functionArn.ts';
import { layerArnOf, shortName } from '../../core/account/layerNames.ts';
import type { LayerVersionSummary } from '../../core/account/ports.ts';
import { describeError } from '../../core/base/errors.ts';
import { deployedTarget, type TargetServices, versionsTarget } from '../account/accountTarget.ts';
import { describeDate } from '../describeDate.ts';
import { ask, type StepPlace, type StepResult } from '../questions/ask.ts';
import { askForStackArn } from '../questions/askForArn.ts';
import { readWhileOpen, replaceItems } from '../questions/pickFromList.ts';
import type { Choice } from '../questions/pickOne.ts';
import { pickFunction, pickLayerVersion } from './aws/pickers.ts';
import type { StackTarget } from './stackTarget.ts';
import { functionTarget, layersTarget } from './workspaceTarget.ts';

/** Asks for one stack. */
export interface StackQuestion extends Partial<StepPlace> {
  readonly title: string;
  readonly placeHolder: string;
  /** A layer version whose sisters are offered first. */
  readonly near?: { readonly layerVersionArn: string; readonly where: AccountPlace } | undefined;
  /** Where published layers and functions are looked for; the current profile and region without it. */
  readonly where?: AccountPlace | undefined;
}

/** Finds, and if need be downloads, what was chosen; `undefined` when a further question was not answered. */
type Target = () => Promise<StackTarget | undefined>;

/**
 * Lets a stack be chosen: a function or layer of the workspace, a published layer version, a deployed function, or
 * either by its ARN. Rejects as finding what was chosen does.
 */
export async function askForTarget(
  services: TargetServices,
  { placeHolder, near, where, ...place }: StackQuestion,
): Promise<StepResult<StackTarget>> {
  await services.model.ready();
  const pick = vscode.window.createQuickPick<Choice<Target>>();
  Object.assign(pick, { placeholder: placeHolder, matchOnDescription: true });
  const others = [...workspaceChoices(services), ...accountChoices(services, place.title, where)];
  pick.items = others;
  const answer = await ask(pick, {
    ...place,
    accept: () => pick.selectedItems[0]?.value,
    meanwhile: async (signal) => {
      if (near !== undefined) await offerSisters(services, pick, { near, others, signal });
    },
  });
  return typeof answer === 'function' ? answer() : answer;
}

function workspaceChoices(services: TargetServices): Choice<Target>[] {
  const { model } = services;
  const functions = model.functions().map(({ name, layers }) => ({
    label: name,
    description: layers.length === 1 ? vscode.l10n.t('1 layer') : vscode.l10n.t('{0} layers', layers.length),
    value: () => functionTarget(services, name),
  }));
  const layers = model.layers().map(({ name, path }) => ({
    label: name,
    description: vscode.workspace.asRelativePath(path),
    value: () => Promise.resolve({ paths: [path] }),
  }));
  return [...group(vscode.l10n.t('functions'), functions), ...group(vscode.l10n.t('layers'), layers)];
}

/** The ways to what is in AWS; nothing is asked there before one is taken. */
function accountChoices(
  services: TargetServices,
  title: string,
  where: AccountPlace | undefined,
): Choice<Target>[] {
  return group('AWS', [
    {
      label: vscode.l10n.t('Published Layer Version…'),
      value: async () => {
        const arn = await pickLayerVersion(services, where, title);
        return arn === undefined ? undefined : versionsTarget(services, [arn], where);
      },
    },
    {
      label: vscode.l10n.t('Deployed Function…'),
      value: async () => {
        const chosen = await pickFunction(services, where, title);
        return chosen === undefined ? undefined : deployedTarget(services, chosen.arn, where);
      },
    },
    {
      label: vscode.l10n.t('Enter an ARN…'),
      value: async () => {
        const arn = await askForStackArn(title);
        if (arn === undefined) return undefined;
        return isFunctionArn(arn) ? deployedTarget(services, arn) : layersTarget(services, [arn]);
      },
    },
  ]);
}

/** Puts the other versions of a layer before everything else, as they come in. */
async function offerSisters(
  services: TargetServices,
  pick: vscode.QuickPick<Choice<Target>>,
  offer: {
    readonly near: NonNullable<StackQuestion['near']>;
    readonly others: readonly Choice<Target>[];
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { near, others, signal } = offer;
  const { layerVersionArn, where } = near;
  const store = await services.accounts.store(where);
  const list = store.versions(layerArnOf(layerVersionArn));
  const show = (label = vscode.l10n.t('versions')): void => {
    const versions = list.items
      .filter(({ arn }) => arn !== layerVersionArn)
      .map((version) => versionChoice(services, version, where));
    replaceItems(pick, [...group(label, versions), ...others]);
  };
  show();
  const failure = await readWhileOpen(pick, list, { signal, onPage: show });
  if (failure !== undefined) pick.placeholder = describeError(failure); // everything else can be chosen
}

function versionChoice(
  services: TargetServices,
  { arn, created, description }: LayerVersionSummary,
  where: AccountPlace,
): Choice<Target> {
  return {
    label: shortName(arn),
    description: [describeDate(created), description].filter((each) => each !== '').join(' · '),
    value: () => versionsTarget(services, [arn], where),
  };
}

function group(label: string, choices: readonly Choice<Target>[]): Choice<Target>[] {
  if (choices.length === 0) return [];
  const { Separator: kind } = vscode.QuickPickItemKind;
  return [{ label, kind, value: () => Promise.resolve(undefined) }, ...choices];
}
