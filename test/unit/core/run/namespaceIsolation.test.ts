import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Root } from '../../../../src/core/run/isolation.ts';
import { namespaceIsolation } from '../../../../src/core/run/namespaceIsolation.ts';
import { ProcessGroup } from '../../../../src/core/run/processGroup.ts';
import { openView } from '../../../support/openTree.ts';
import { runAsOrdinaryUser } from '../../../support/ordinaryUser.ts';
import { describeOverlay } from '../../../support/overlay.ts';
import { isRunning, numberIn, processesNaming, until } from '../../../support/processes.ts';
import { codeIn } from '../../../support/functionCode.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeCommand, describeFolder, type TreeEntry, writeTree } from '../../../support/tree.ts';
import { userError } from '../../../support/userError.ts';

/** A duration to sleep, in seconds, by which the processes of this run are told from those of another. */
const sleep = String(1_000_000 + process.pid);
const sleepers = () => processesNaming(`sleep\x00${sleep}\x00`);
const path = '/usr/local/bin:/usr/bin:/bin';
const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8');

describe('The isolation by namespaces', () => {
  const roots: Root[] = [];
  afterEach(() => Promise.all(roots.splice(0).map((root) => root.release())));
  const temporaryFolder = useTemporaryFolders();

  interface Given {
    readonly layers?: readonly Readonly<Record<string, TreeEntry>>[];
    readonly code?: Readonly<Record<string, TreeEntry>>;
    /** Part of every path. */
    readonly naming?: string;
  }

  async function prepare({ layers = [], code = {}, naming = 'plain' }: Given = {}) {
    const work = join(temporaryFolder(), naming);
    const layerFolders = layers.map((tree, index) => writeTree(join(work, `layer ${index}`), tree));
    const codeFolder = writeTree(join(work, 'code'), code);
    const temporary = join(work, 'tmp');
    mkdirSync(temporary);
    const view = await openView(...layerFolders);
    const workFolder = join(work, 'work');
    const request = {
      layerFolders,
      layers: view.layers,
      code: codeIn(codeFolder),
      workFolder,
      temporaryFolder: temporary,
    };
    const create = async (signal?: AbortSignal) => {
      const root = await namespaceIsolation.createRoot({
        ...request,
        ...(signal === undefined ? {} : { signal }),
      });
      roots.push(root);
      return root;
    };
    return { work, create, layerFolders, codeFolder, temporary, workFolder };
  }

  /** Writes a program of its own process that makes a root with a layer and this code, and then does `use`. */
  async function prepareProgram(code: NonNullable<Given['code']>, use: (work: string) => string) {
    const { work, layerFolders, codeFolder, workFolder, temporary } = await prepare({
      layers: [{ a: '1' }],
      code,
    });
    const core = new URL('../../../../src/core/run/', import.meta.url).href;
    const request = {
      layerFolders,
      layers: [],
      code: codeIn(codeFolder),
      workFolder,
      temporaryFolder: temporary,
    };
    writeTree(work, {
      'program.ts': `
        import { namespaceIsolation } from '${core}namespaceIsolation.ts';
        import { ProcessGroup } from '${core}processGroup.ts';
        const root = await namespaceIsolation.createRoot(${JSON.stringify(request)});
        ${use(work)}`,
    });
    return { work, temporary };
  }

  /** Runs a script of the code folder inside, and waits for its end. */
  async function runInside(
    root: Root,
    script = 'run',
  ): Promise<{ lines: string[]; exit: unknown; group: ProcessGroup }> {
    const lines: string[] = [];
    const group = await ProcessGroup.start(root.command(`${root.task}/${script}`), {
      env: { PATH: path, KEY: 'value' },
      onLine: (line) => lines.push(line),
    });
    return { lines, exit: await group.exited, group };
  }

  const run = (script: string) => ({ run: { text: `#!/bin/sh\n${script}\n`, mode: 0o755 } });

  it('works on this machine', async () => {
    assert.equal(await namespaceIsolation.unavailable(), undefined);
  });

  it('shows at /opt what an overlay of the layers shows, and the code at /var/task', async () => {
    const layers = [
      {
        'bin/tool': { text: '1', mode: 0o755 },
        'lib/x': 'first',
        'was/folder': '1',
        link: { link: 'lib/x' },
      },
      { 'bin/tool': { text: '2', mode: 0o700 }, 'lib/y': 'second', was: 'file', empty: { directory: 0o750 } },
    ];
    const code = {
      ...run(`${describeCommand('/opt')}; echo; ${describeCommand('/var/task')}`),
      'src/index.js': 'code',
    };
    const { create, work, layerFolders, codeFolder } = await prepare({ layers, code });
    const { lines } = await runInside(await create());
    const between = lines.indexOf('');
    assert.deepEqual(lines.slice(0, between).sort(), describeOverlay(work, layerFolders));
    assert.deepEqual(lines.slice(between + 1).sort(), describeFolder(codeFolder));
  });

  it('shows an empty /opt without layers', async () => {
    const { create } = await prepare({ code: run('ls -A /opt; echo end') });
    assert.deepEqual((await runInside(await create())).lines, ['end']);
  });

  it('starts in /var/task with exactly the given variables, and PWD', async () => {
    const { create } = await prepare({ code: run('pwd; exec env') });
    const { lines } = await runInside(await create());
    assert.deepEqual(lines.slice(1).sort(), ['KEY=value', `PATH=${path}`, 'PWD=/var/task']);
    assert.equal(lines[0], '/var/task');
  });

  it('keeps /opt and /var/task from being written to, and has a /tmp of its own', async () => {
    const script =
      'for f in /opt/new /opt/old /var/task/new /tmp/new; do (echo 1 > $f) 2>/dev/null && echo $f; done; ls /tmp';
    const { create, temporary } = await prepare({ layers: [{ old: '1' }], code: run(script) });
    const { lines } = await runInside(await create());
    assert.deepEqual(lines, ['/tmp/new', 'new']);
    assert.deepEqual(readdirSync(temporary), ['new']);
  });

  it('leaves the machine’s own files around the code as they are', async () => {
    const { create } = await prepare({ code: run('ls /var; ls /var/lib') });
    const { lines } = await runInside(await create());
    const own = [...readdirSync('/var'), ...readdirSync('/var/lib')].filter((name) => !name.startsWith('.'));
    assert.deepEqual(
      lines.filter((name) => name !== 'task').sort(),
      own.filter((name) => name !== 'task').sort(),
    );
  });

  it('leaves the machine’s mounts as they are, during and after', async () => {
    const before = mounts();
    const { create } = await prepare({ layers: [{ a: '1' }] });
    const root = await create();
    assert.equal(mounts(), before);
    await root.release();
    assert.equal(mounts(), before);
  });

  for (const naming of [
    'with space',
    'a:b',
    'a,b',
    `quotes'"`,
    'dollar$HOME`ls`',
    'back\\slash',
    '-dash',
    'new\nline',
    'ü日',
  ]) {
    it(`takes folders of any name: ${JSON.stringify(naming)}`, async () => {
      const { create } = await prepare({
        naming,
        layers: [{ a: 'first' }, { b: 'second' }],
        code: run('cat /opt/a /opt/b'),
      });
      const { lines, exit } = await runInside(await create());
      assert.deepEqual([lines, exit], [['firstsecond'], { code: 0, signal: null }]);
    });
  }

  it('takes a layer that comes twice, where its last place counts', async () => {
    const { create, layerFolders } = await prepare({
      layers: [{ a: '1' }, { a: '2' }],
      code: run('cat /opt/a'),
    });
    layerFolders.push(layerFolders[0] ?? '');
    assert.deepEqual((await runInside(await create())).lines, ['1']);
  });

  it('names layers that are inside one another, which cannot be mounted together', async () => {
    const { create, layerFolders } = await prepare({ layers: [{ 'inner/a': '1' }, { b: '2' }] });
    const inner = join(layerFolders[0] ?? '', 'inner');
    layerFolders.push(inner);
    await assert.rejects(create(), userError('ConfigurationInvalid', layerFolders[0] ?? '', inner));
  });

  for (const [kind, script, expected] of [
    ['an exit code', 'exit 129', { code: 129, signal: null }],
    ['a signal', 'kill -SEGV $$', { code: null, signal: 'SIGSEGV' }],
    ['an abort', 'kill -ABRT $$', { code: null, signal: 'SIGABRT' }],
  ] as const) {
    it(`lets ${kind} of the function through`, async () => {
      const { create } = await prepare({ code: run(script) });
      assert.deepEqual((await runInside(await create())).exit, expected);
    });
  }

  it('tells the process id of the executable itself, on this machine', async () => {
    const { create, temporary } = await prepare({ code: run('echo 1 > /tmp/started; exec sleep 1000') });
    const root = await create();
    const options = { env: { PATH: path }, onLine: () => undefined };
    const group = await ProcessGroup.start(root.command('/var/task/run'), options);
    const pid = await root.processId(group.pid);
    await numberIn(join(temporary, 'started'));
    await until(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1') === 'sleep\x001000\0');
    await group.kill();
    assert.equal(isRunning(pid), false);
    assert.equal(await root.processId(group.pid), group.pid); // there is no better answer any more
  });

  it('ends every process inside with release(), whatever it did to get away', async () => {
    const away = (file: string) =>
      `setsid nohup sh -c "echo 1 > ${file}; exec sleep ${sleep} > /dev/null 2>&1" &`;
    const left = 'while ! [ -s /tmp/a ] || ! [ -s /tmp/b ]; do :; done';
    const { create, work } = await prepare({ code: run(`${away('/tmp/a')} ${away('/tmp/b')} ${left}`) });
    const root = await create();
    await runInside(root);
    await until(() => sleepers().length === 2);
    await root.release();
    assert.deepEqual(sleepers(), []);
    assert.deepEqual(processesNaming(work), []);
    await root.release();
  });

  it('says why it cannot mount, and leaves nothing', async () => {
    const { create, work, layerFolders } = await prepare({ layers: [{ a: '1' }] });
    layerFolders.push(join(work, 'file'));
    writeFileSync(join(work, 'file'), 'no folder');
    await assert.rejects(create(), userError('IsolationUnavailable', 'mount'));
    assert.deepEqual(processesNaming(work), []);
  });

  it('can be cancelled at any moment, and leaves nothing', async () => {
    const { create, work, workFolder } = await prepare({ layers: [{ a: '1' }] });
    await assert.rejects(create(AbortSignal.abort()), { name: 'AbortError' });
    const cancel = new AbortController();
    const creating = create(cancel.signal);
    await until(() => processesNaming(workFolder).length > 0);
    cancel.abort();
    await assert.rejects(creating, { name: 'AbortError' });
    assert.deepEqual(processesNaming(work), []);
  });

  it('leaves no process and no mount when this program is killed', async () => {
    const before = mounts();
    const { temporary, work } = await prepareProgram(
      run(`setsid sleep ${sleep} &\necho 1 > /tmp/started; exec sleep ${sleep}`),
      (work) => `
        const env = { PATH: '${path}', WORK: '${work}' };
        await ProcessGroup.start(root.command('/var/task/run'), { env, onLine: () => undefined });
        console.log('started');
      `,
    );
    const program = spawn(process.execPath, [join(work, 'program.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(program.stdout, 'data');
    await numberIn(join(temporary, 'started'));
    await until(() => sleepers().length === 2);
    program.kill('SIGKILL');
    await until(() => sleepers().length === 0 && processesNaming(work).length === 0);
    assert.equal(mounts(), before);
  });

  /** Runs a command inside, in a mount namespace that a script prepared; it is what the function prints. */
  async function printed(preparation: string, command: string): Promise<string> {
    const { work } = await prepareProgram(
      run(command),
      () => `
        const options = { env: { PATH: '${path}' }, onLine: (line) => console.log(line) };
        await (await ProcessGroup.start(root.command('/var/task/run'), options)).exited;
        await root.release();
      `,
    );
    const args = [
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      `set -e; ${preparation}; exec "$0" "$1/program.ts"`,
    ];
    return execFileSync('unshare', [...args, process.execPath, work], {
      encoding: 'utf8',
    });
  }

  it('knows the host to which telemetry is sent, besides those of a hosts file that has no last line end', async () => {
    const prepared = 'printf "192.0.2.1 other" > "$1/hosts"; mount --bind "$1/hosts" /etc/hosts';
    const command = 'getent ahostsv4 sandbox.localdomain; getent ahostsv4 sandbox; getent ahostsv4 other';
    const addresses = (await printed(prepared, command))
      .split('\n')
      .filter((line) => line.includes('STREAM'));
    assert.deepEqual(
      addresses.map((line) => line.split(' ')[0]),
      ['127.0.0.1', '127.0.0.1', '192.0.2.1'],
    );
  });

  describe('shows what is in /var beside the code', () => {
    const kept = 'ls -d /var/lib /var/task/run; stat -f -c %T /var';
    // As on a machine that has no mounts there.
    const plain = 'mount -t tmpfs t /var; mkdir /var/lib /var/tmp';
    const overlay = 'mkdir "$1/$level"; mount -t overlay o -o "lowerdir=$1/$level:/var" /var';

    it('by one overlay', async () => {
      assert.equal(await printed(plain, kept), '/var/lib\n/var/task/run\noverlayfs\n');
    });

    it('with the mounts below it', async () => {
      const mounted = `${plain}; mount -t tmpfs t /var/tmp; mkdir "/var/tmp/a b"; mount -t tmpfs t "/var/tmp/a b"; echo inner > "/var/tmp/a b/y"`;
      const command = `cat "/var/tmp/a b/y"; ${kept}`;
      assert.equal(await printed(mounted, command), 'inner\n/var/lib\n/var/task/run\ntmpfs\n');
    });

    it('where overlays lie upon each other already, so that the kernel takes no more', async () => {
      const stacked = `${plain}; for level in 1 2; do ${overlay}; done`;
      assert.equal(await printed(stacked, kept), '/var/lib\n/var/task/run\ntmpfs\n');
    });
  });

  it('works for an ordinary user, who stays who they are', async () => {
    const result = await runAsOrdinaryUser(
      temporaryFolder(),
      `
      import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
      import { namespaceIsolation } from './core/run/namespaceIsolation.ts';
      import { ProcessGroup } from './core/run/processGroup.ts';
      import { removeFolder } from './core/opt/removeFolder.ts';
      const here = process.cwd();
      for (const folder of ['layer', 'code', 'tmp']) mkdirSync(folder);
      writeFileSync('layer/a', 'layer');
      writeFileSync('code/run', '#!/bin/sh\\nid -u; cat /opt/a; echo; pwd; echo 1 > /tmp/x; mkdir -m 0 /tmp/closed');
      chmodSync('code/run', 0o755);
      const root = await namespaceIsolation.createRoot({
        layerFolders: [here + '/layer'],
        layers: [],
        code: { path: here + '/code', folder: here + '/code' },
        workFolder: here + '/work',
        temporaryFolder: here + '/tmp',
      });
      const lines = [];
      const options = { env: { PATH: '${path}' }, onLine: (line) => lines.push(line) };
      const group = await ProcessGroup.start(root.command('/var/task/run'), options);
      const exit = await group.exited;
      await root.release();
      await removeFolder('work');
      await removeFolder('tmp');
      console.log(JSON.stringify([await namespaceIsolation.unavailable() ?? 'available', exit, lines]));
    `,
    );
    const uid = String(process.getuid?.() === 0 ? 65_534 : process.getuid?.());
    assert.deepEqual(result, ['available', { code: 0, signal: null }, [uid, 'layer', '/var/task']]);
  });
});
