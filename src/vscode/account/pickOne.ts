import * as vscode from 'vscode';

/** An entry of a picker, with what it stands for. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** What a picker shows. */
export interface PickRequest<T> {
  readonly title: string;
  readonly placeHolder: string;
  readonly choices: readonly Choice<T>[];
  /** Which of how many steps this is; a step after the first one has a way back. */
  readonly step?: { readonly number: number; readonly of: number };
  /** What a typed text stands for that no entry has; `undefined` when it is none. */
  readonly typed?: (text: string) => Choice<T> | undefined;
}

/** What came of a picker; `undefined` when it was closed. */
export type Picked<T> = { readonly value: T } | 'back' | undefined;

/** Lets a person pick one entry, or type one of their own. */
export async function pickOne<T>({
  title,
  placeHolder,
  choices,
  step,
  typed,
}: PickRequest<T>): Promise<Picked<T>> {
  const picker = vscode.window.createQuickPick<Choice<T>>();
  Object.assign(picker, { title, placeholder: placeHolder, items: choices, matchOnDescription: true });
  if (step !== undefined) {
    picker.step = step.number;
    picker.totalSteps = step.of;
    if (step.number > 1) picker.buttons = [vscode.QuickInputButtons.Back];
  }
  picker.onDidChangeValue((text) => {
    const own = choices.some(({ label }) => label === text) ? undefined : typed?.(text.trim());
    picker.items = own === undefined ? choices : [...choices, { ...own, alwaysShow: true }];
  });
  try {
    return await new Promise<Picked<T>>((resolve) => {
      picker.onDidAccept(() => {
        const [chosen] = picker.selectedItems;
        if (chosen !== undefined) resolve({ value: chosen.value });
      });
      picker.onDidTriggerButton(() => resolve('back'));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
