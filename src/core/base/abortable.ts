/**
 * Waits for work no longer than until somebody cancels, then rejects with the signal's reason. The SDK looks at its
 * signal between its own pauses only.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
    const cancel = (): void => reject(signal.reason);
    if (signal.aborted) {
      work.catch(() => undefined);
      cancel();
      return;
    }
    signal.addEventListener('abort', cancel, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}
