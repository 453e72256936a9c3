import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';
import { partialFileName } from './partialFile.ts';

/**
 * Writes a file under a temporary name in the output's folder and gives it its name at the end, so that an output
 * is either complete or untouched. Call `discard` in every case. Failures are `OutputInvalid`.
 */
export class ArchiveWriter {
  /** Where the bytes are until `commit`. */
  readonly partialFile: string;
  readonly #output: string;
  readonly #handle: FileHandle;
  #position = 0;
  #committed = false;

  private constructor(output: string, partialFile: string, handle: FileHandle) {
    this.#output = output;
    this.partialFile = partialFile;
    this.#handle = handle;
  }

  static async open(output: string): Promise<ArchiveWriter> {
    const partialFile = join(dirname(output), partialFileName(randomBytes(8).toString('hex')));
    return new ArchiveWriter(output, partialFile, await writing(output, () => open(partialFile, 'wx')));
  }

  /** Where `append` writes next: the archive's length so far, in bytes. */
  get position(): number {
    return this.#position;
  }

  /** Leaves room that `writeAt` fills later. */
  skip(bytes: number): void {
    this.#position += bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const at = this.#position;
    this.#position += bytes.length;
    await this.writeAt(bytes, at);
  }

  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const rest = bytes.subarray(done);
      const { bytesWritten } = await writing(this.#output, () =>
        this.#handle.write(rest, 0, rest.length, position + done),
      );
      done += bytesWritten;
    }
  }

  /** Drops everything from `position` on. */
  async truncate(position: number): Promise<void> {
    await writing(this.#output, () => this.#handle.truncate(position));
    this.#position = position;
  }

  /** Gives the file its name, in place of what had it before. */
  async commit(): Promise<void> {
    await writing(this.#output, async () => {
      await this.#handle.close();
      await rename(this.partialFile, this.#output);
    });
    this.#committed = true;
  }

  /** Removes what was written, unless it was committed. */
  async discard(): Promise<void> {
    if (this.#committed) return;
    await this.#handle.close();
    await rm(this.partialFile, { force: true });
  }
}

async function writing<T>(output: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const reason = systemErrorCode(error) ?? String(error);
    throw new UserError(
      'OutputInvalid',
      `${basename(output)} cannot be written in ${dirname(output)} (${reason}).`,
      'Check the folder, its permissions and the free space, or choose another output.',
      { cause: error },
    );
  }
}
