import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recipes } from './conformanceRecipes.ts';
import { ensureTools } from './conformanceTools.ts';
import { makeOnce } from './makeOnce.ts';
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
 * Throws an `Error` that names every missing tool, or what could not be built.
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
  const destination = partFolder(part);
  try {
    await makeOnce(destination, async (folder) => {
      await recipes[part]({ folder, destination, verbose });
      checkPrograms(part, folder);
    });
    console.log(`  ${part}: done in ${seconds(performance.now() - started)}`);
  } catch (error) {
    throw new Error(`The runtime client for ${part} could not be built.\n${String(error)}`, { cause: error });
  }
}

function checkPrograms(part: ConformancePart, folder: string): void {
  for (const program of conformanceParts[part].programs) {
    if (!existsSync(join(folder, program))) throw new Error(`${program} did not come out of the build`);
  }
}
