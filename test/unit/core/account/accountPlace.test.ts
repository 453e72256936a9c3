import assert from 'node:assert/strict';
import { distinctPlaces, placeKey, readPlaces } from '../../../../src/core/account/accountPlace.ts';

describe('A place of AWS', () => {
  const work = { profile: 'work', region: 'eu-west-1' };
  const anonymous = { profile: undefined, region: 'eu-west-1' };

  it('is one profile in one region', () => {
    const keys = [work, anonymous, { ...work, region: 'us-east-1' }, { ...work, profile: 'home' }].map(
      placeKey,
    );
    assert.equal(new Set(keys).size, 4);
    assert.deepEqual(distinctPlaces([work, anonymous, { ...work }]), [work, anonymous]);
  });

  it('is kept and read again; what is none is passed over', () => {
    const kept: unknown = JSON.parse(JSON.stringify([work, anonymous]));
    assert.deepEqual(readPlaces(kept), [work, anonymous]);
    const broken = [
      null,
      7,
      'x',
      {},
      { region: '' },
      { profile: 'work' },
      { region: 'eu-west-1', profile: 7 },
    ];
    assert.deepEqual(readPlaces(broken), [anonymous]);
    assert.deepEqual([readPlaces(undefined), readPlaces({ region: 'x' })], [[], []]);
  });
});
