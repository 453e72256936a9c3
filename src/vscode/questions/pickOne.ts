import * as vscode from 'vscode';
import { ask, type StepPlace, type StepResult } from './ask.ts';

/** An entry of a picker, with what it stands for. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** What a picker shows. */
export interface PickRequest<T> extends Partial<StepPlace> {
  readonly title: string;
  readonly placeHolder: string;
  readonly choices: readonly Choice<T>[];
  /** What a typed text stands for that no entry has; `undefined` when it is none. */
  readonly typed?: (text: string) => Choice<T> | undefined;
}

/** What came of a picker; `undefined` when it was closed. */
export type Picked<T> = StepResult<{ readonly value: T }>;

/** Lets a person pick one entry, or type one of their own. */
export function pickOne<T>(request: PickRequest<T>): Promise<Picked<T>> {
  const { placeHolder, choices, typed, ...place } = request;
  const picker = vscode.window.createQuickPick<Choice<T>>();
  Object.assign(picker, { placeholder: placeHolder, items: choices, matchOnDescription: true });
  picker.onDidChangeValue((text) => {
    const own = choices.some(({ label }) => label === text) ? undefined : typed?.(text.trim());
    picker.items = own === undefined ? choices : [...choices, { ...own, alwaysShow: true }];
  });
  return ask(picker, { ...place, accept: () => chosenOf(picker) });
}

function chosenOf<T>({ selectedItems: [chosen] }: vscode.QuickPick<Choice<T>>) {
  return chosen === undefined ? undefined : { value: chosen.value };
}
