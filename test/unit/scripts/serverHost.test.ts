import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { hostEnvironment, personEnvironment } from '../../host/environment.ts';
import { onPath } from '../../host/onPath.ts';
import { cacheFolder } from '../../host/serverLocation.ts';
import { workbenchUrl } from '../../host/workbenchUrl.ts';
import { markedLine, markLine } from '../../support/reportLines.ts';
import { copyWorkspace } from '../../support/workspaceCopy.ts';

describe('the VS Code server of the tests', () => {
  it('is kept in the chosen cache, else where caches are kept', () => {
    assert.equal(cacheFolder({ LAMBDA_LAYERS_CACHE: '/mine', XDG_CACHE_HOME: '/cache' }), '/mine');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/cache' }), join('/cache', 'lambda-layers'));
  });

  it('gets no variable of the caller that could change a test, and Node 24 first', () => {
    const caller = {
      PATH: ['/usr/bin', '/node24'].join(delimiter),
      AWS_PROFILE: 'production',
      NODE_OPTIONS: '--inspect',
    };
    const added = { LAMBDA_LAYERS_TEST_GREP: 'x' };
    const env = hostEnvironment(caller, {
      nodeFolder: '/node24',
      home: '/private',
      temp: '/private/tmp',
      added,
    });
    assert.equal(env['PATH'], ['/node24', '/usr/bin'].join(delimiter));
    assert.equal(env['HOME'], '/private');
    assert.equal(env['LAMBDA_LAYERS_TEST_GREP'], 'x');
    assert.ok(!('AWS_PROFILE' in env) && !('NODE_OPTIONS' in env));
  });

  it('keeps the AWS profile of a person who tries the extension, not what an outer editor left', () => {
    const caller = {
      AWS_PROFILE: 'mine',
      VSCODE_PID: '1',
      NODE_OPTIONS: '--inspect',
      npm_lifecycle_event: 'start',
    };
    assert.deepEqual(personEnvironment(caller), { AWS_PROFILE: 'mine' });
  });

  it('is asked for a folder and for tests by an address that survives odd characters', () => {
    const tests = { extension: '/a b', module: '/a b/index.cjs' };
    const url = new URL(workbenchUrl({ port: 4711, token: 't' }, { folder: '/w & x', tests }));
    assert.equal(url.searchParams.get('folder'), '/w & x');
    const payload = JSON.parse(url.searchParams.get('payload') ?? '') as [string, string][];
    assert.equal(new Map(payload).get('extensionTestsPath'), 'vscode-remote://127.0.0.1:4711/a b/index.cjs');
  });
});

describe('the lines of a report', () => {
  it('are told from other lines, and come back as they were', () => {
    assert.equal(markedLine(markLine('  passes\n  fails')), '  passes\n  fails');
    assert.equal(markedLine('Creating a socket'), undefined);
  });
});

describe('files of the machine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-layers-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('copies a workspace with its modes and its links as they are', async () => {
    const from = join(folder, 'from');
    await mkdir(join(from, '.git'), { recursive: true });
    await writeFile(join(from, 'bootstrap'), '#!/bin/sh\n', { mode: 0o755 });
    await symlink('bootstrap', join(from, 'relative'));
    await symlink('/nowhere/at/all', join(from, 'dangling'));
    const to = await copyWorkspace(from, join(folder, 'to'));
    assert.equal((await stat(join(to, 'bootstrap'))).mode & 0o777, 0o755);
    assert.equal(await readlink(join(to, 'relative')), 'bootstrap');
    assert.equal(await readlink(join(to, 'dangling')), '/nowhere/at/all');
    await assert.rejects(stat(join(to, '.git')));
  });

  it('finds a command on the path only where it may be run', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await mkdir(first);
    await mkdir(second);
    await writeFile(join(first, 'tool'), '', { mode: 0o644 });
    await writeFile(join(second, 'tool'), '', { mode: 0o755 });
    assert.equal(onPath('tool', [first, second].join(delimiter)), join(second, 'tool'));
    assert.equal(onPath('tool', first), undefined);
  });
});
