import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Waits until its input ends, which it does when this program stops for whatever reason. Then it ends the group whose
 * number is the input's second line, if it got that far, and whatever has the mark, the first line, in its environment.
 * The latter is done twice, for a process that was just being started and had not its environment yet. Of the ways to
 * write `kill`, this is the one that both dash and bash understand for groups.
 */
const script = `
read -r mark
read -r group
read -r end
[ -z "$group" ] || kill -s KILL -- "-$group" 2>/dev/null
[ "\${#mark}" -ge 32 ] || exit 0
for round in 1 2; do
  for process in /proc/[0-9]*; do
    if grep -qsF -- "$mark" "$process/environ" 2>/dev/null; then kill -s KILL "\${process#/proc/}" 2>/dev/null; fi
  done
  [ "$round" = 2 ] || sleep 1
done
`;

/**
 * A process of its own that ends another one, with all that belongs to it, when this program dies. It is there before
 * the other one, so that there is no moment at which nobody would end that.
 */
export class Watchdog {
  readonly #process: ChildProcess;
  readonly #input;

  /** `mark` is a text of 32 characters or more in the environment of what belongs together, or empty for none. */
  constructor(mark: string) {
    const child = spawn('/bin/sh', ['-c', script, 'lambda-layers-watchdog'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined); // when somebody else ends it, so does its pipe
    child.stdin.write(`${mark}\n`);
    this.#process = child;
    this.#input = child.stdin;
  }

  /** Names the process group to end. */
  guard(group: number): void {
    this.#input.write(`${group}\n`);
  }

  /** There is nothing to watch any more. */
  dismiss(): void {
    this.#process.kill('SIGKILL');
  }
}
