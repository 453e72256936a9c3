import * as vscode from 'vscode';
import type { PackagingProgress } from '../core/packaging/packagingProgress.ts';

/** Says how far the work is. */
export type Report = (message: string) => void;

/** Says how far the packaging of a layer is. */
export function reportPackaging(report: Report): (progress: PackagingProgress) => void {
  return ({ phase, done, total }) =>
    report(total > 0 ? `${phase} ${Math.floor((100 * done) / total)} %` : phase);
}

/** Milliseconds after which work is long: a notification that flashes up tells nobody anything. */
const patience = 300;

/** Runs work, when it is long behind a notification that can cancel it. The signal is aborted when somebody does. */
export async function withCancellableProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let shown: Report | undefined;
  let latest: string | undefined;
  const running = work(abort.signal, (message) => {
    latest = message;
    shown?.(message);
  });
  const show = (): void =>
    showProgress(title, running, abort, (report) => {
      shown = report;
      if (latest !== undefined) report(latest);
    });
  const timer = setTimeout(show, patience);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}

/** Shows a notification until the work has ended, however that ends. */
function showProgress(
  title: string,
  running: Promise<unknown>,
  abort: AbortController,
  onShown: (report: Report) => void,
): void {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  void vscode.window.withProgress(options, async (progress, token) => {
    const subscription = token.onCancellationRequested(() => abort.abort());
    onShown((message) => progress.report({ message }));
    await Promise.allSettled([running]); // whoever wants the result hears of a failure
    subscription.dispose();
  });
}
