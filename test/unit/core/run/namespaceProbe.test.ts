import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { explainRefusal } from '../../../../src/core/run/namespaceProbe.ts';

const refused = 'unshare: unshare failed: Operation not permitted';
const debian = '/proc/sys/kernel/unprivileged_userns_clone';
const ubuntu = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';

describe('A user namespace that is refused', () => {
  const cases: readonly (readonly [
    where: string,
    text: string,
    files: Readonly<Record<string, string>>,
    remedy: RegExp,
  ])[] = [
    [
      'by a limit',
      'unshare: unshare failed: No space left on device',
      { [debian]: '0' },
      /user\.max_user_namespaces=/,
    ],
    ['by Debian', refused, { [debian]: '0\n', '/.dockerenv': '' }, /kernel\.unprivileged_userns_clone=1/],
    [
      'by Ubuntu',
      'unshare: write failed /proc/self/uid_map: Operation not permitted',
      { [debian]: '1\n', [ubuntu]: '1\n' },
      /kernel\.apparmor_restrict_unprivileged_userns=0/,
    ],
    [
      'by Docker',
      refused,
      { [debian]: '1', [ubuntu]: '0', '/.dockerenv': '' },
      /container.*seccomp=unconfined/,
    ],
    ['by Podman', refused, { '/run/.containerenv': 'engine="podman"' }, /container.*seccomp=unconfined/],
    ['by something else', refused, {}, /security module/],
  ];
  for (const [where, text, files, remedy] of cases) {
    it(`is allowed where that is decided: ${where}`, () => {
      const said = explainRefusal(text, (path) => files[path]);
      assert.match(said, remedy);
      assert.ok(said.includes(`(${text})`));
    });
  }

  it('is not tried again once it worked, and tried again while it does not', () => {
    const module = new URL('../../../../src/core/run/namespaceProbe.ts', import.meta.url).href;
    const program = `
      const { writeFileSync } = await import('node:fs');
      const { NamespaceProbe } = await import('${module}');
      const limit = (most) => writeFileSync('/proc/sys/user/max_user_namespaces', String(most));
      const probe = new NamespaceProbe();
      limit(0);
      const forbidden = await probe.unavailable();
      limit(100);
      const allowed = await probe.unavailable();
      limit(0);
      console.log(JSON.stringify([forbidden === undefined, allowed ?? 'works', await probe.unavailable() ?? 'works']));`;
    // A namespace of one's own has a limit of one's own.
    const args = ['--user', '--map-root-user', process.execPath, '--input-type=module', '-e', program];
    const answer = JSON.parse(execFileSync('unshare', args, { encoding: 'utf8' })) as unknown;
    assert.deepEqual(answer, [false, 'works', 'works']);
  });
});
