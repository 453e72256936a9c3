import assert from 'node:assert/strict';
import {
  ensureSystemPackages,
  installAdvice,
  type SystemPackage,
} from '../../../scripts/lib/systemPackages.ts';

const absent = (apt: string): SystemPackage => ({ apt, purpose: `use ${apt}`, present: () => false });
const present: SystemPackage = { apt: 'there', purpose: 'be there', present: () => true };

describe('system packages', () => {
  it('are named together with the one command that installs them', () => {
    const advice = installAdvice([absent('make'), absent('g++')]);
    assert.match(advice, /make is missing; it is needed to use make/);
    assert.match(advice, /^Install with: sudo apt-get install make g\+\+$/m);
  });

  it('are not installed by an ordinary user, who is told what to do', async () => {
    const machine = { platform: 'linux', isRoot: false, aptGet: '/usr/bin/apt-get' } as const;
    await assert.rejects(
      ensureSystemPackages([present, absent('make')], { verbose: false, machine }),
      (error: Error) => error.message.includes('apt-get install make') && !error.message.includes('there'),
    );
  });

  it('are not asked for where they are present', async () => {
    const machine = { platform: 'linux', isRoot: false, aptGet: undefined } as const;
    await ensureSystemPackages([present], { verbose: false, machine });
  });
});
