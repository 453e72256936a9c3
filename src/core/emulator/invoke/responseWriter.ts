import type { ServerResponse } from 'node:http';

/**
 * Writes a part of an answer and resolves when there is room for more, or nobody there to read it. Never rejects: a
 * client that went away does not concern the function, which runs to its end as it does on Lambda.
 */
export function writeWithBackpressure(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0 || response.destroyed || response.writableEnded) return Promise.resolve();
  if (response.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
