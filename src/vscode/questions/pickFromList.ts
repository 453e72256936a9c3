import * as vscode from 'vscode';
import type { PagedList } from '../../core/account/pagedList.ts';
import { describeError, isCancellation } from '../../core/base/errors.ts';
import { ask } from './ask.ts';
import type { Choice } from './pickOne.ts';

/** The person would rather type it. */
export const other = Symbol('other');

/** What a listing is shown as. */
export interface ListQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly toItem: (item: T) => vscode.QuickPickItem;
  /** Label of the row by which something else can be typed. */
  readonly otherLabel?: string;
}

/**
 * Lets one item of a listing be chosen while its pages come in; closing the list ends the reading.
 * @returns `undefined` when nothing was chosen. Rejects as the gateway when the listing fails.
 */
export async function pickFromList<T>(
  list: PagedList<T>,
  { title, placeholder, toItem, otherLabel }: ListQuestion<T>,
): Promise<T | typeof other | undefined> {
  const pick = vscode.window.createQuickPick<Choice<T | typeof other>>();
  Object.assign(pick, { placeholder, matchOnDescription: true, matchOnDetail: true });
  const others: readonly Choice<typeof other>[] =
    otherLabel === undefined ? [] : [{ label: otherLabel, value: other, alwaysShow: true }];
  const show = (): void => {
    const items = list.items.map((item) => ({ ...toItem(item), value: item }));
    replaceItems(pick, [...items, ...others]);
  };
  const answer = await ask(pick, {
    title,
    accept: () => pick.selectedItems[0],
    meanwhile: async (signal) => {
      show();
      const failure = await readWhileOpen(pick, list, { signal, onPage: show });
      if (failure === undefined) return;
      if (otherLabel === undefined) throw failure;
      pick.placeholder = describeError(failure); // an ARN can still be typed
    },
  });
  return typeof answer === 'object' ? answer.value : undefined;
}

/** Reads a listing to its end while a list is shown, which says that it is busy; what went wrong, if anything. */
export async function readWhileOpen(
  pick: vscode.QuickPick<vscode.QuickPickItem>,
  list: PagedList<unknown>,
  options: { readonly signal: AbortSignal; readonly onPage: () => void },
): Promise<Error | undefined> {
  pick.busy = true;
  try {
    await list.all(options);
    options.onPage();
    return undefined;
  } catch (error) {
    if (isCancellation(error)) return undefined;
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    pick.busy = false;
  }
}

/** Shows other items; what the person has moved to stays the active one. */
export function replaceItems<T extends vscode.QuickPickItem>(
  pick: vscode.QuickPick<T>,
  items: readonly T[],
): void {
  const [active] = pick.activeItems;
  const first = pick.items.find(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
  pick.keepScrollPosition = true;
  pick.items = items;
  if (active === undefined || active === first) return; // nobody has moved yet
  const same = items.find(({ label, kind }) => label === active.label && kind === active.kind);
  if (same !== undefined) pick.activeItems = [same];
}
