import * as vscode from 'vscode';

/** What a step of several is about. */
export interface StepPlace {
  readonly title: string;
  /** From 1. */
  readonly step: number;
  readonly totalSteps: number;
}

/** The person wants the step before this one. */
export const back = Symbol('back');

/** What a step gave: a value, `back`, or `undefined` when the person gave up. */
export type StepResult<T> = T | typeof back | undefined;

/** One question; it is given what is known and returns what is known then. */
export type Step<State> = (state: State, place: Omit<StepPlace, 'title'>) => Promise<StepResult<State>>;

/** Asks questions one after the other, with a way back. @returns `undefined` when the person gave up */
export async function askInSteps<State>(
  start: State,
  steps: readonly Step<State>[],
): Promise<State | undefined> {
  let state = start;
  for (let index = 0; ;) {
    const step = steps[index];
    if (step === undefined) return state;
    const result = await step(state, { step: index + 1, totalSteps: steps.length });
    if (result === undefined) return undefined;
    if (result === back) index = Math.max(0, index - 1);
    else [state, index] = [result, index + 1];
  }
}

/** Asks for a line of text, with what is wrong about it said while it is typed. */
export function askText(
  options: Partial<StepPlace> & {
    readonly title: string;
    readonly prompt: string;
    readonly value?: string | undefined;
    readonly placeholder?: string | undefined;
    /** What is wrong with the text. */
    readonly problem: (text: string) => string | undefined;
  },
): Promise<StepResult<string>> {
  const { title, step, totalSteps, prompt, value = '', placeholder = '', problem } = options;
  const box = vscode.window.createInputBox();
  Object.assign(box, { title, step, totalSteps, prompt, value, placeholder, ignoreFocusOut: true });
  if ((step ?? 1) > 1) box.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve) => {
    const validate = (): boolean => {
      box.validationMessage = problem(box.value.trim());
      return box.validationMessage === undefined;
    };
    box.onDidChangeValue(validate);
    box.onDidTriggerButton(() => {
      resolve(back);
      box.hide();
    });
    box.onDidAccept(() => {
      if (!validate()) return;
      resolve(box.value.trim());
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined); // does nothing after an answer
      box.dispose();
    });
    box.show();
  });
}

/** Lets several of many be chosen; what is typed can be one more where `other` makes an item of it. */
export function askMany(
  options: Partial<StepPlace> & {
    readonly title: string;
    readonly placeholder: string;
    readonly items: readonly string[];
    readonly picked: readonly string[];
    readonly isOther?: (text: string) => boolean;
  },
): Promise<StepResult<readonly string[]>> {
  const { title, step, totalSteps, placeholder, items, picked, isOther } = options;
  const pick = vscode.window.createQuickPick();
  Object.assign(pick, { title, step, totalSteps, placeholder, canSelectMany: true, ignoreFocusOut: true });
  if ((step ?? 1) > 1) pick.buttons = [vscode.QuickInputButtons.Back];
  const labels = [...picked.filter((each) => !items.includes(each)), ...items];
  const known = new Map(labels.map((label) => [label, { label }]));
  pick.items = [...known.values()];
  pick.selectedItems = picked.flatMap((label) => known.get(label) ?? []);
  return new Promise((resolve) => {
    pick.onDidChangeValue((text) => {
      if (isOther?.(text) !== true || known.has(text)) return;
      const selected = pick.selectedItems;
      pick.items = [...known.values(), { label: text }];
      pick.selectedItems = selected;
    });
    pick.onDidChangeSelection((selected) => {
      for (const item of selected) known.set(item.label, item);
    });
    pick.onDidTriggerButton(() => {
      resolve(back);
      pick.hide();
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems.map(({ label }) => label));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
