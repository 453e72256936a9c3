import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import type { PagedList } from '../../../core/account/pagedList.ts';
import type { FunctionSummary } from '../../../core/account/ports.ts';
import { describeError, isCancellation } from '../../../core/base/errors.ts';
import { parseLayerVersionArn } from '../../../core/layer/layerArn.ts';
import { askForVersionArn } from '../../account/askForVersionArn.ts';
import type { AwsServices } from './awsServices.ts';

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T | typeof other;
}

/** The person would rather type it. */
const other = Symbol('other');

/**
 * Lets one item of a listing be chosen while its pages come in; closing the list ends the reading.
 * @returns `undefined` when nothing was chosen. Rejects as the gateway when the listing fails.
 */
function pickFrom<T>(
  list: PagedList<T>,
  options: {
    readonly title: string;
    readonly placeholder: string;
    readonly toItem: (item: T) => vscode.QuickPickItem;
    /** Label of the row by which something else can be typed. */
    readonly otherLabel?: string;
  },
): Promise<T | typeof other | undefined> {
  const { title, placeholder, toItem, otherLabel } = options;
  const pick = vscode.window.createQuickPick<Choice<T>>();
  Object.assign(pick, { title, placeholder, matchOnDescription: true, matchOnDetail: true, busy: true });
  const abort = new AbortController();
  const show = (): void => {
    const others: Choice<T>[] =
      otherLabel === undefined ? [] : [{ label: otherLabel, value: other, alwaysShow: true }];
    // Replacing the items moves the active row to the first one, under the hands of whoever is choosing.
    const [active] = pick.activeItems;
    pick.items = [...list.items.map((item) => ({ ...toItem(item), value: item })), ...others];
    const same = pick.items.find(({ value }) => value === active?.value);
    if (active !== undefined && same !== undefined) pick.activeItems = [same];
  };
  return new Promise((resolve, reject) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.value);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      abort.abort();
      pick.dispose();
    });
    pick.show();
    show();
    list.all({ signal: abort.signal, onPage: show }).then(
      () => {
        show();
        pick.busy = false;
      },
      (error: unknown) => {
        pick.busy = false;
        if (isCancellation(error)) return;
        if (otherLabel === undefined) {
          reject(error instanceof Error ? error : new Error(String(error)));
          pick.hide();
        } else pick.placeholder = describeError(error); // an ARN can still be typed
      },
    );
  });
}

/** Asks for a layer version: a layer, then one of its versions; or an ARN. */
export async function pickLayerVersion(
  services: AwsServices,
  where: AccountPlace | undefined,
  title: string,
): Promise<string | undefined> {
  const layerArn = await pickLayer(services, where, title, vscode.l10n.t('Enter a Layer Version ARN…'));
  if (layerArn === undefined) return undefined;
  return parseLayerVersionArn(layerArn) === undefined
    ? pickVersion(services, where, layerArn, title)
    : layerArn;
}

/** Asks for a layer, by its ARN without a version; or, with `otherLabel`, for a layer version ARN. */
export async function pickLayer(
  { accounts }: AwsServices,
  where: AccountPlace | undefined,
  title: string,
  otherLabel?: string,
): Promise<string | undefined> {
  const { layers } = await accounts.store(where);
  const chosen = await pickFrom(layers, {
    title,
    placeholder: vscode.l10n.t('Layer'),
    toItem: ({ name, newest }) => ({
      label: name,
      description: newest === undefined ? '' : String(newest.version),
      ...(newest === undefined ? {} : { detail: newest.description }),
    }),
    ...(otherLabel === undefined ? {} : { otherLabel }),
  });
  return chosen === other ? askForVersionArn(title) : chosen?.arn;
}

/** Asks for a version of a layer. */
export async function pickVersion(
  { accounts }: AwsServices,
  where: AccountPlace | undefined,
  layerArn: string,
  title: string,
): Promise<string | undefined> {
  const store = await accounts.store(where ?? (await accounts.placeOf(layerArn)));
  const chosen = await pickFrom(store.versions(layerArn), {
    title,
    placeholder: vscode.l10n.t('Version'),
    toItem: ({ version, created, description, compatibleRuntimes }) => ({
      label: String(version),
      description: [new Date(created).toLocaleDateString(), ...compatibleRuntimes].join(' · '),
      detail: description,
    }),
  });
  return typeof chosen === 'object' ? chosen.arn : undefined;
}

/** Asks for a function of the account. */
export async function pickFunction(
  { accounts }: AwsServices,
  where: AccountPlace | undefined,
  title: string,
): Promise<FunctionSummary | undefined> {
  const { functions } = await accounts.store(where);
  const chosen = await pickFrom(functions, {
    title,
    placeholder: vscode.l10n.t('Function'),
    toItem: ({ name, runtime = vscode.l10n.t('container image'), layers }) => ({
      label: name,
      description: [runtime, ...layers.map(({ arn }) => shortName(arn))].join(' · '),
    }),
  });
  return typeof chosen === 'object' ? chosen : undefined;
}
