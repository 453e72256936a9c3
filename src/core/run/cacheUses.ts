import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './processes.ts';

/**
 * Who uses the entries of a cache, and when each was used last, as empty files in a folder: `<entry>`, whose time is
 * the last use, and `<entry>.<process id>.<start of the process>` for each process that may use it until it ends.
 * The start tells processes apart that have the same id one after the other.
 */
export class CacheUses {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Says that this process uses an entry, from now until it ends. */
  async add(entry: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.#folder, `${entry}.${process.pid}.${await startOf(process.pid)}`), '');
    await writeFile(join(this.#folder, entry), '');
  }

  /** When an entry was used last, in milliseconds since 1970; 0 when that is not known. */
  async lastMs(entry: string): Promise<number> {
    return (await stat(join(this.#folder, entry)).catch(() => undefined))?.mtimeMs ?? 0;
  }

  /** Whether a process that lives may use an entry. What others left to say so goes. */
  async has(entry: string): Promise<boolean> {
    let isUsed = false;
    for (const name of await this.#names()) {
      const [used, pid, start] = name.split('.');
      if (used !== entry || pid === undefined) continue;
      if (isAlive(Number(pid)) && (await startOf(Number(pid))) === start) isUsed = true;
      else await rm(join(this.#folder, name), { force: true });
    }
    return isUsed;
  }

  /** Forgets when an entry was used that is no more. */
  async delete(entry: string): Promise<void> {
    await rm(join(this.#folder, entry), { force: true });
  }

  #names(): Promise<string[]> {
    return readdir(this.#folder).catch(() => []);
  }
}

/** When a process started, in the system's own count (proc(5), `stat`, field 22); `0` where it does not tell. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}
