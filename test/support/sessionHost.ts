/**
 * Runs debug sessions one after the other, each with one event, alternately in both isolations, and ends those that
 * hang after a moment: `node sessionHost.ts FOLDER ZIP EVENT…`. Prints a line when a session begins.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { silentLogger } from '../../src/core/base/logger.ts';
import { noDebuggers } from '../../src/core/debug/debuggers/editorDebuggers.ts';
import { FunctionRun } from '../../src/core/debug/functionRun.ts';
import { readLaunchConfiguration } from '../../src/core/debug/launchConfiguration.ts';
import { LayerStore } from '../../src/core/opt/layerStack.ts';
import { LayerCache } from '../../src/core/run/layerCache.ts';

const [work = '', zip = '', ...events] = process.argv.slice(2);
const code = join(work, 'code');
mkdirSync(code, { recursive: true });

for (const [index, event] of events.entries()) {
  const configuration = readLaunchConfiguration({
    code,
    layers: [zip],
    timeout: 60,
    // Names the folder in the environment of every process, so that what is left can be found.
    env: { WORK: work },
    isolation: index % 2 === 0 ? 'namespace' : 'directory',
    debugger: 'none',
  });
  const run = await FunctionRun.open(
    configuration,
    { code, layers: [zip], envFile: undefined },
    {
      store: new LayerStore(),
      cache: new LayerCache(join(work, 'cache')),
      temporaryParent: work,
      logger: silentLogger,
    },
    { editor: noDebuggers, notice: () => undefined, problem: (text) => console.error(text) },
  );
  console.log(`session ${index}`);
  run.begin();
  const answer = run.invoke(event).then(
    () => 'answered',
    () => 'stopped',
  );
  await (event === '"hang"' ? setTimeout(Math.random() * 200) : answer);
  await run.stop();
}
