import { join } from 'node:path';
import { silentLogger } from '../../src/core/base/logger.ts';
import { noDebuggers } from '../../src/core/debug/debuggers/editorDebuggers.ts';
import { FunctionRun } from '../../src/core/debug/functionRun.ts';
import { readLaunchConfiguration } from '../../src/core/debug/launchConfiguration.ts';
import { LayerStore } from '../../src/core/opt/layerStack.ts';
import { LayerCache } from '../../src/core/run/layerCache.ts';

/** A debug run without an editor, and the lines of its log so far. */
export interface DebugRun {
  readonly run: FunctionRun;
  readonly log: readonly string[];
}

/**
 * Opens a debug run as the editor does, without a debugger: its code is `code` in the folder, its temporary folder and
 * its cache are in there too, and `attributes` are those of a launch configuration. The folder is named in the
 * environment of every process, so that what is left can be found.
 */
export async function openDebugRun(
  work: string,
  layers: readonly string[],
  attributes: Readonly<Record<string, unknown>> = {},
): Promise<DebugRun> {
  const code = join(work, 'code');
  const given = { code, layers, timeout: 60, env: { WORK: work }, debugger: 'none', ...attributes };
  const run = await FunctionRun.open(
    readLaunchConfiguration(given),
    { code, layers, envFile: undefined },
    {
      store: new LayerStore(),
      cache: new LayerCache(join(work, 'cache')),
      temporaryParent: work,
      logger: silentLogger,
    },
    { editor: noDebuggers, notice: () => undefined, problem: (text) => console.error(text) },
  );
  const log: string[] = [];
  run.onLog(({ text }) => log.push(text));
  return { run, log };
}
