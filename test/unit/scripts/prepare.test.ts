import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installReason, lockfileStamp, npmEnvironment } from '../../../scripts/lib/prepare.mjs';

describe('preparing the checkout', () => {
  let folder: string;
  const lockfile = (version: string): string =>
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/a': { version },
        'node_modules/b': { version: '1.0.0', optional: true },
      },
    });
  const installed = (version: string): string =>
    JSON.stringify({ packages: { 'node_modules/a': { version } } });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-layers-prepare-'));
    write('package-lock.json', lockfile('1.0.0'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('installs when there is no node_modules', () => {
    assert.match(installReason(folder) ?? '', /missing/);
  });

  it('installs when an installation was interrupted', () => {
    mkdirSync(join(folder, 'node_modules'));
    assert.match(installReason(folder) ?? '', /incomplete/);
  });

  it('accepts what npm was told by hand to install, unless it is another version', () => {
    mkdirSync(join(folder, 'node_modules'));
    write('node_modules/.package-lock.json', installed('1.0.0'));
    assert.equal(installReason(folder), undefined);
    write('node_modules/.package-lock.json', installed('0.9.0'));
    assert.match(installReason(folder) ?? '', /differs/);
  });

  it('installs when the lockfile changed after its own installation', () => {
    mkdirSync(join(folder, 'node_modules'));
    write('node_modules/.lambda-layers-lockfile', lockfileStamp(lockfile('1.0.0')));
    assert.equal(installReason(folder), undefined);
    write('package-lock.json', lockfile('1.0.1'));
    assert.match(installReason(folder) ?? '', /changed/);
  });

  it('stamps a lockfile equally with both kinds of line ends', () => {
    assert.equal(lockfileStamp('{\r\n}\r\n'), lockfileStamp('{\n}\n'));
    assert.notEqual(lockfileStamp('{\n}\n'), lockfileStamp('{}\n'));
  });

  it('hides from an inner npm what an outer one exported, but not the configuration of the person', () => {
    const outer = {
      npm_config_user_agent: 'npm/11 node/v20',
      npm_lifecycle_event: 'test',
      npm_config_local_prefix: '/elsewhere',
      npm_config_registry: 'https://registry.example/',
      PATH: '/bin',
    };
    assert.deepEqual(npmEnvironment(outer, '/node24'), {
      npm_config_registry: 'https://registry.example/',
      PATH: `/node24${delimiter}/bin`,
    });
  });
});
