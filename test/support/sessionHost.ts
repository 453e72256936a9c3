/**
 * Runs debug sessions one after the other, each with one event, alternately in both isolations, and ends those that
 * hang after a moment: `node sessionHost.ts FOLDER ZIP EVENT…`. Prints a line when a session begins, and at the end
 * one with what they left open in this process, as JSON.
 */
import { setTimeout } from 'node:timers/promises';
import { openDebugRun } from './debugRun.ts';

const [work = '', zip = '', ...events] = process.argv.slice(2);

for (const [index, event] of events.entries()) {
  const isolation = index % 2 === 0 ? 'namespace' : 'directory';
  const { run } = await openDebugRun(work, [zip], { isolation });
  console.log(`session ${index}`);
  run.begin();
  const answer = run.invoke(event).then(
    () => 'answered',
    () => 'stopped',
  );
  await (event === '"hang"' ? setTimeout(Math.random() * 200) : answer);
  await run.stop();
}
await setTimeout(0); // what is closed goes with the next turn
const open = process.getActiveResourcesInfo().filter((name) => /TCP|Process|FSEvent/.test(name));
console.log(`open ${JSON.stringify(open)}`);
