import { createHash, randomUUID, type Hash } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';
import { downloadFailed, fetchContent, FetchFailure } from './contentFetch.ts';
import { pause } from './pause.ts';
import type { ContentLocation } from './ports.ts';

/** What is downloaded, and where to. */
export interface DownloadRequest {
  /** For messages. */
  readonly name: string;
  readonly location: ContentLocation;
  /** Gets a fresh address when the one in use has expired. */
  readonly locate: (signal: AbortSignal | undefined) => Promise<ContentLocation>;
  /** Absolute path of the file; its folder is made. */
  readonly file: string;
}

/** How a download goes. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes; never falls unless the server could not resume. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Milliseconds before the second attempt, doubled every time; 500. */
  readonly retryMilliseconds?: number | undefined;
  /** Milliseconds without a byte after which a connection is taken for dead; 30,000. */
  readonly stallMilliseconds?: number | undefined;
}

const maxAttempts = 6;

/** How files are named that are being written, after the process: so that those of crashed ones can be found. */
export const partialPrefix = '.partial-';

/**
 * Downloads a file under another name, resuming where the connection broke, holds it against its size and SHA-256 and
 * gives it its name: an existing file is either as before or replaced whole. A failed or cancelled download leaves
 * nothing. Rejects with `NetworkFailed` after six attempts, `DigestMismatch`, `OutputInvalid`, as `locate`, or with
 * the signal's reason.
 */
export async function downloadContent(
  request: DownloadRequest,
  options: DownloadOptions = {},
): Promise<void> {
  const { file } = request;
  const partial = `${dirname(file)}/${partialPrefix}${process.pid}-${randomUUID()}`;
  const handle = await writing(file, async () => {
    await mkdir(dirname(file), { recursive: true });
    return open(partial, 'wx', 0o600);
  });
  try {
    await new Download(request, options, handle).run();
    await writing(file, async () => {
      await handle.close();
      options.signal?.throwIfAborted();
      await rename(partial, file);
    });
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw error;
  }
}

class Download {
  readonly #request: DownloadRequest;
  readonly #options: DownloadOptions;
  readonly #handle: FileHandle;
  #location: ContentLocation;
  #isExpired = false;
  #hash: Hash = createHash('sha256');
  #done = 0;
  #etag: string | undefined;

  constructor(request: DownloadRequest, options: DownloadOptions, handle: FileHandle) {
    this.#request = request;
    this.#location = request.location;
    this.#options = options;
    this.#handle = handle;
  }

  async run(): Promise<void> {
    const { signal, retryMilliseconds = 500 } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#attempt();
      if (failure === undefined) return;
      if (failure.kind === 'final' || attempt === maxAttempts)
        throw downloadFailed(this.#request.name, failure.message);
      this.#isExpired = failure.kind === 'expired';
      await pause(retryMilliseconds * 2 ** (attempt - 1), signal);
    }
  }

  async #attempt(): Promise<FetchFailure | undefined> {
    const { signal } = this.#options;
    if (this.#isExpired) this.#location = await this.#request.locate(signal);
    try {
      await this.#receive(this.#location);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FetchFailure) return error;
      throw error;
    }
    const { zippedBytes, codeSha256 } = this.#location;
    if (this.#done < zippedBytes) return new FetchFailure('passing', 'the connection ended early');
    if (this.#hash.copy().digest('base64') === codeSha256) return undefined;
    throw new UserError(
      'DigestMismatch',
      `What was downloaded of ${this.#request.name} is not what AWS says it is (its SHA-256 differs).`,
      'Nothing was kept. Try again; if it stays so, something on the way changes downloads.',
    );
  }

  async #receive({ url, zippedBytes }: ContentLocation): Promise<void> {
    const watch = new StallWatch(this.#options);
    try {
      const part = await fetchContent(url, this.#done, this.#etag, watch.signal);
      this.#etag = part.etag;
      if (part.start !== this.#done) await this.#startOver();
      for await (const chunk of part.body) {
        watch.moved();
        await writing(this.#request.file, () => writeFully(this.#handle, chunk, this.#done));
        this.#hash.update(chunk);
        this.#done += chunk.length;
        if (this.#done > zippedBytes) throw new FetchFailure('final', 'it is larger than AWS says');
        this.#options.onProgress?.(this.#done, zippedBytes);
      }
    } catch (error) {
      if (watch.isStalled) throw new FetchFailure('passing', 'nothing came any more');
      throw error;
    } finally {
      watch.end();
    }
  }

  async #startOver(): Promise<void> {
    await writing(this.#request.file, () => this.#handle.truncate(0));
    this.#hash = createHash('sha256');
    this.#done = 0;
  }
}

/** Ends a connection when nothing has come for a while, or when the caller cancels. */
class StallWatch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #cancel = (): void => this.#controller.abort(this.#caller?.reason);
  isStalled = false;

  constructor({ signal, stallMilliseconds = 30_000 }: DownloadOptions) {
    this.#caller = signal;
    this.#timer = setTimeout(() => {
      this.isStalled = true;
      this.#controller.abort(new FetchFailure('passing', 'nothing came any more'));
    }, stallMilliseconds);
    if (signal?.aborted === true) this.#cancel();
    else signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  moved(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#cancel);
  }
}

/** Writes all of a chunk at a place in a file; the system may take part of it only. */
export async function writeFully(
  handle: Pick<FileHandle, 'write'>,
  chunk: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

async function writing<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      'OutputInvalid',
      `${file} cannot be written (${code}).`,
      'Check the folder, its permissions and the free space.',
      { cause: error },
    );
  }
}
