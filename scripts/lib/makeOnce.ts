import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a folder of the machine's cache. It is made beside its place and moved when complete, so that one that was
 * interrupted is never used and two at once do no harm; what interrupted ones left is removed. `make` is given an
 * empty folder. Rejects as `make` does, unless somebody else has made the folder meanwhile.
 */
export async function makeOnce(folder: string, make: (building: string) => Promise<void>): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const prefix = `${basename(folder)}.installing-`;
  removeAbandoned(dirname(folder), prefix);
  const building = join(dirname(folder), `${prefix}${process.pid}`);
  const remove = (): void => rmSync(building, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    mkdirSync(building);
    await make(building);
    renameSync(building, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // another run finished first: its result is as good
  } finally {
    remove();
    process.off('exit', remove);
  }
}

function removeAbandoned(parent: string, prefix: string): void {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    if (isRunning(Number(name.slice(prefix.length)))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
