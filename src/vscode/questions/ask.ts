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

/** A list or a line of text of VS Code's, not shown yet. */
export type Input = vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>;

/** One question. */
export interface Question<T> extends Partial<StepPlace> {
  /** The answer when the person presses Enter; `undefined` keeps the question open. */
  readonly accept: () => T | undefined;
  /** Work that goes on while the question is open; its signal ends with it. A rejection closes the question. */
  readonly meanwhile?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Shows an input until it is answered or closed, and disposes of it. A step after the first one has a way back.
 * Rejects only as `meanwhile` does.
 */
export async function ask<T>(input: Input, question: Question<T>): Promise<StepResult<T>> {
  const { title, step, totalSteps, accept, meanwhile } = question;
  input.title = title;
  input.step = step;
  input.totalSteps = totalSteps;
  if ((step ?? 1) > 1) input.buttons = [vscode.QuickInputButtons.Back];
  const abort = new AbortController();
  try {
    return await new Promise<StepResult<T>>((resolve, reject) => {
      input.onDidAccept(() => {
        const answer = accept();
        if (answer !== undefined) resolve(answer);
      });
      input.onDidTriggerButton(() => resolve(back));
      input.onDidHide(() => resolve(undefined)); // does nothing after an answer
      input.show();
      meanwhile?.(abort.signal).catch(reject);
    });
  } finally {
    abort.abort();
    input.dispose();
  }
}
