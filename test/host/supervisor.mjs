/**
 * Owns a VS Code server: starts it in this process's group and, when its own standard input ends, stops the server
 * with everything it started and removes its folder. The input is a pipe from the process that wants the server,
 * so it also ends when that process crashes or is killed. Usage: supervisor.mjs FOLDER COMMAND ARGS…
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';

const [folder, command, ...args] = process.argv.slice(2);
/** How long the extensions get to clean up, in milliseconds. */
const grace = 3000;

const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const ended = new Promise((resolve) => {
  server.on('exit', resolve);
  server.on('error', (error) => {
    console.error(`The VS Code server could not be started: ${error.message}`);
    resolve();
  });
});
const ownerGone = new Promise((resolve) => {
  process.stdin.on('end', resolve).on('error', resolve).resume();
});
// A terminal's Ctrl-C and a polite kill are for the owner, who closes the input.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdout.on('error', () => {}); // nobody reads any more
process.stderr.on('error', () => {});

await Promise.race([ended, ownerGone]);
// The extension host is not in the server's hands alone: remember all descendants before their parents are gone.
const family = descendants(process.pid);
server.kill('SIGTERM');
await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, grace))]);
for (const pid of [...family, ...descendants(process.pid)]) kill(pid);
await removeFolder();
process.exit(server.exitCode ?? 0);

/** A browser whose profile lies in there may be about to end too, and write once more. */
async function removeFolder() {
  for (let attempt = 1; attempt <= 100; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 100) console.error(`${folder} could not be removed: ${error.message}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (!existsSync(folder)) return;
  }
}

/** All processes that descend from one, with those in other process groups (terminals); Linux and macOS. */
function descendants(ancestor) {
  const children = new Map();
  for (const { pid, parent } of processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = [];
  const visit = (pid) => {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(ancestor);
  return found;
}

function processes() {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // the command's name, in parentheses, may contain anything
        const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
