import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './debugging.ts';

/** The work that goes on behind notifications, and the person who has seen enough of it. */
export interface Cancelling {
  /** Presses Cancel of the one notification that there is, once it is there. */
  cancel(): Promise<void>;
}

/** Lets the tests of the surrounding `describe` cancel, as a person does by the button of a notification. */
export function useCancelling(): Cancelling {
  const { window } = vscode;
  const { withProgress } = window;
  const open = new Set<vscode.CancellationTokenSource>();
  before(() => Object.assign(window, { withProgress: cancellableBy(open, withProgress) }));
  after(() => Object.assign(window, { withProgress }));
  return {
    cancel: async () => {
      const source = await eventually(() => [...open][0], 'a notification with Cancel');
      assert.equal(open.size, 1, 'notifications with Cancel');
      source.cancel();
    },
  };
}

type WithProgress = typeof vscode.window.withProgress;

/** What can be cancelled is given a token of ours, which follows its own one too. */
function cancellableBy(open: Set<vscode.CancellationTokenSource>, show: WithProgress): WithProgress {
  return (options, task) =>
    show(options, async (progress, token) => {
      const source = new vscode.CancellationTokenSource();
      const subscription = token.onCancellationRequested(() => source.cancel());
      if (options.cancellable === true) open.add(source);
      try {
        return await task(progress, source.token);
      } finally {
        open.delete(source);
        subscription.dispose();
        source.dispose();
      }
    });
}
