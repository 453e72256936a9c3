import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exploreZip } from '../../../scripts/lib/exploreZip.ts';
import { mutate, soundZips } from '../../../scripts/lib/zipMutations.ts';
import { useTemporaryFolders } from '../../support/temporaryFolder.ts';

/** Archives of the fuzzer that every run of the tests tries. */
const seeds = Array.from({ length: 300 }, (_, seed) => seed);

describe('Broken zips', () => {
  const temporaryFolder = useTemporaryFolders();

  it('are the same for the same seed, and differ from the sound ones', async () => {
    const zips = await soundZips();
    assert.deepEqual(mutate(zips, 7), mutate(zips, 7));
    const broken = seeds.filter((seed) => !zips.some((zip) => zip.equals(mutate(zips, seed))));
    assert.ok(broken.length > seeds.length * 0.9);
  });

  it('never fail with anything but a clear error, and many can still be used', async () => {
    const zips = await soundZips();
    const path = join(temporaryFolder(), 'layer.zip');
    let opened = 0;
    for (const seed of seeds) {
      writeFileSync(path, mutate(zips, seed));
      await assert.doesNotReject(async () => {
        if (await exploreZip(path)) opened++;
      }, `seed ${seed}`);
    }
    assert.ok(opened > 30 && opened < seeds.length, `${opened} of ${seeds.length} could be opened`);
  });
});
