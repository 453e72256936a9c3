import * as vscode from 'vscode';
import { ask, back, type StepPlace, type StepResult } from './ask.ts';

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
  const { prompt, value = '', placeholder = '', problem, ...place } = options;
  const box = vscode.window.createInputBox();
  Object.assign(box, { prompt, value, placeholder, ignoreFocusOut: true });
  const validate = (): boolean => {
    box.validationMessage = problem(box.value.trim());
    return box.validationMessage === undefined;
  };
  box.onDidChangeValue(validate);
  return ask(box, { ...place, accept: () => (validate() ? box.value.trim() : undefined) });
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
  const { placeholder, items, picked, isOther, ...place } = options;
  const pick = vscode.window.createQuickPick();
  Object.assign(pick, { placeholder, canSelectMany: true, ignoreFocusOut: true });
  const labels = [...picked.filter((each) => !items.includes(each)), ...items];
  const known = new Map(labels.map((label) => [label, { label }]));
  pick.items = [...known.values()];
  pick.selectedItems = picked.flatMap((label) => known.get(label) ?? []);
  pick.onDidChangeValue((text) => {
    if (isOther?.(text) !== true || known.has(text)) return;
    const selected = pick.selectedItems;
    pick.items = [...known.values(), { label: text }];
    pick.selectedItems = selected;
  });
  pick.onDidChangeSelection((selected) => {
    for (const item of selected) known.set(item.label, item);
  });
  return ask(pick, { ...place, accept: () => pick.selectedItems.map(({ label }) => label) });
}
