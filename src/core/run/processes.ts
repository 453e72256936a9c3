import { systemErrorCode } from '../base/errors.ts';

/** Whether a process of this number is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'; // somebody else's, but alive
  }
}
