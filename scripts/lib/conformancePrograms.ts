import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { recipes } from './conformanceRecipes.ts';
import { ensureTools } from './conformanceTools.ts';
import { seconds } from './step.mjs';
import {
  conformanceParts,
  partFolder,
  type ConformancePart,
} from '../../test/conformance/support/programs.ts';

/** All parts, those that take longest first. */
const allParts: readonly ConformancePart[] = ['python', 'node', 'rust', 'go'];

/** How many parts are built at a time; each uses about two cores. */
const builders = 2;

/**
 * Builds the programs of the conformance tests that are not in the machine's cache yet, and installs what that needs.
 * A part is built beside its place and moved when complete, so that two runs at once do no harm. Throws an `Error` that
 * names every missing tool, or what could not be built.
 */
export async function ensureConformancePrograms(
  verbose: boolean,
  parts: readonly ConformancePart[] = allParts,
): Promise<void> {
  await ensureTools(parts, verbose);
  const missing = parts.filter((part) => !existsSync(partFolder(part)));
  if (missing.length === 0) return;
  const started = performance.now();
  const names = missing.join(', ');
  console.log(`Building the runtime clients for ${names}: not in ${dirname(partFolder('node'))} yet …`);
  const queue = [...missing];
  const outcomes = await Promise.allSettled(
    Array.from({ length: builders }, async () => {
      for (let part = queue.shift(); part !== undefined; part = queue.shift()) await build(part, verbose);
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason as Error;
  console.log(`Built all of them in ${seconds(performance.now() - started)}.`);
}

async function build(part: ConformancePart, verbose: boolean): Promise<void> {
  const started = performance.now();
  const folder = partFolder(part);
  removeAbandoned(folder);
  const building = `${folder}.building-${process.pid}`;
  const remove = (): void => rmSync(building, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    mkdirSync(building, { recursive: true });
    await recipes[part]({ folder: building, verbose });
    checkPrograms(part, building);
    moveUnlessThere(building, folder);
    console.log(`  ${part}: done in ${seconds(performance.now() - started)}`);
  } catch (error) {
    throw new Error(`The runtime client for ${part} could not be built.\n${String(error)}`, { cause: error });
  } finally {
    remove();
    process.off('exit', remove);
  }
}

function checkPrograms(part: ConformancePart, folder: string): void {
  for (const program of conformanceParts[part].programs) {
    if (!existsSync(join(folder, program))) throw new Error(`${program} did not come out of the build`);
  }
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error; // another run finished first: its result is as good
  }
}

/** Removes what builds of this part left whose process is gone. */
function removeAbandoned(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  const prefix = `${basename(folder)}.building-`;
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    if (!isRunning(Number(name.slice(prefix.length)))) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
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
