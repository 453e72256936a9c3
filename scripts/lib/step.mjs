/** Steps that install something: one line each, with the time they took, and output only on failure. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';

/**
 * Prints what is being done and, when it is done, the time. `verbose` puts the step's own output on lines of its
 * own between the two. Rejects as the work does, after ending the line.
 */
export async function step(title, verbose, work) {
  const started = performance.now();
  process.stdout.write(`${title} …${verbose ? '\n' : ' '}`);
  try {
    const result = await work();
    process.stdout.write(`done in ${seconds(performance.now() - started)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${seconds(performance.now() - started)}\n`);
    throw error;
  }
}

/** Milliseconds as text in seconds, as people read it. */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}

/**
 * Runs a command to its end. Its output is shown at once when `verbose`, else kept and made part of the error
 * when the command fails or cannot be started.
 */
export function runQuietly(command, args, { cwd, env = process.env, verbose = false }) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', verbose ? 'inherit' : 'pipe', verbose ? 'inherit' : 'pipe'];
    // npm is a batch file on Windows, which only a shell starts.
    const windows = process.platform === 'win32';
    const child = spawn(command, args, { cwd, env, stdio, shell: windows, detached: !windows });
    const release = endWithThisProcess(child);
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => {
      release();
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      release();
      if (code === 0) return resolve();
      const text = Buffer.concat(output).toString().trim();
      reject(
        new Error(`${text}\n${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}.`.trim()),
      );
    });
  });
}

/**
 * Kills a child with its process group (it must have been started `detached`, except on Windows) when this process
 * exits. Returns a function that lets go of it again. Signals count as an exit only with `exitOnSignals`.
 */
export function endWithThisProcess(child) {
  const kill = () => killGroup(child);
  process.prependOnceListener('exit', kill); // before the removal of the folders that it writes to
  return () => process.off('exit', kill);
}

/** Kills a child's whole process group, in which nothing may be left to run. */
export function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: it has already ended
  }
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an ordinary exit, so that what is bound to the exit of this process is
 * cleaned up. Returns a function that restores what was before.
 */
export function exitOnSignals() {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const exit = () => process.exit(128 + constants.signals[signal]);
    process.on(signal, exit);
    return [signal, exit];
  });
  return () => handlers.forEach(([signal, exit]) => process.off(signal, exit));
}
