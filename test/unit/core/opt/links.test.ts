import assert from 'node:assert/strict';
import { join } from 'node:path';
import { LayerStore } from '../../../../src/core/opt/layerStack.ts';
import { type LastLink, resolveLinks } from '../../../../src/core/opt/links.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';

describe('Following links through the merged view', () => {
  const temporaryFolder = useTemporaryFolders();

  async function resolve(path: string, last: LastLink = 'follow') {
    const work = temporaryFolder();
    const first = writeTree(join(work, '1'), {
      'lib/libz.so.1.3': 'library',
      'lib/libz.so.1': { link: 'libz.so.1.3' },
      'lib/libz.so': { link: 'libz.so.1' },
      loop: { link: 'pool' },
      pool: { link: 'loop' },
      out: { link: '/etc/passwd' },
      up: { link: '../../etc' },
      task: { link: '/var/task/x' },
      dangling: { link: 'nowhere' },
    });
    const second = writeTree(join(work, '2'), {
      current: { link: '/opt/lib' },
      'deep/here': { link: '../current/../lib' },
      around: { link: '/opt/../opt/lib' },
    });
    return resolveLinks(await new LayerStore().view([first, second]), path, last);
  }

  const found: Record<string, string> = {
    'lib/libz.so': 'lib/libz.so.1.3',
    'current/libz.so': 'lib/libz.so.1.3',
    'deep/here': 'lib',
    'around/libz.so': 'lib/libz.so.1.3',
    '': '',
  };
  for (const [from, to] of Object.entries(found)) {
    it(`leads from /opt/${from} to /opt/${to}, across layers`, async () => {
      const result = await resolve(from);
      assert.equal(result.status === 'found' ? result.entry.path : result.status, to);
    });
  }

  it('keeps the last link when asked to', async () => {
    const result = await resolve('current', 'keep');
    assert.equal(result.status === 'found' ? result.entry.kind : result.status, 'link');
  });

  it('reports loops, dangling links and targets outside /opt', async () => {
    assert.equal((await resolve('loop')).status, 'loop');
    assert.deepEqual(await resolve('dangling'), { status: 'missing', path: 'nowhere' });
    assert.deepEqual(await resolve('out'), { status: 'outside', target: '/etc/passwd' });
    assert.deepEqual(await resolve('up'), { status: 'outside', target: '/etc' });
    assert.deepEqual(await resolve('task'), { status: 'outside', target: '/var/task/x' });
  });

  it('finds nothing below a file', async () => {
    assert.deepEqual(await resolve('lib/libz.so/x'), { status: 'missing', path: 'lib/libz.so.1.3/x' });
  });
});
