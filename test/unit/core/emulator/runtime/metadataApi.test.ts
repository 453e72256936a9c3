import assert from 'node:assert/strict';
import { Stage } from '../stage.ts';
import { call, Emulators, rootOf } from '../support.ts';

const path = '/2026-01-15/metadata/execution-environment';

describe('the metadata endpoint', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  async function prepared(region = 'us-east-1'): Promise<{ url: string; token: string }> {
    const stage = await Stage.start(emulators, [], { region });
    stage.emulator.prewarm();
    const { metadataToken } = await stage.started('bootstrap');
    return { url: rootOf(stage.url) + path, token: metadataToken };
  }

  it('tells the zone to who has the token, and how long that is true', async () => {
    const { url, token } = await prepared();
    const { status, headers, body } = await call(url, { headers: { Authorization: `Bearer ${token}` } });
    assert.deepEqual([status, body], [200, '{"AvailabilityZoneID":"use1-az1"}\n']);
    assert.equal(headers['content-type'], 'application/json');
    assert.match(String(headers['cache-control']), /\bmax-age=[1-9]\d*\b/);
  });

  it('names zones as AWS does', async () => {
    for (const [region, zone] of [
      ['eu-central-1', 'euc1-az1'],
      ['ap-southeast-2', 'apse2-az1'],
      ['us-gov-west-1', 'usgw1-az1'],
      ['me-central-1', 'mec1-az1'],
    ] as const) {
      const { url, token } = await prepared(region);
      const { body } = await call(url, { headers: { Authorization: `Bearer ${token}` } });
      assert.deepEqual(JSON.parse(body), { AvailabilityZoneID: zone });
    }
  });

  it('tells nothing without the token', async () => {
    const { url, token } = await prepared();
    for (const Authorization of [undefined, '', token, `bearer ${token}`, `Bearer ${token}x`, 'Bearer ']) {
      const headers = Authorization === undefined ? {} : { Authorization };
      const { status, body } = await call(url, { headers });
      assert.equal(status, 401, Authorization);
      assert.equal((JSON.parse(body) as { errorType: string }).errorType, 'Unauthorized');
      assert.ok(!body.includes('az1') && !body.includes(token));
    }
  });

  it('has a token of its own for each session', async () => {
    const tokens = [await prepared(), await prepared()].map(({ token }) => token);
    assert.equal(new Set(tokens).size, 2);
  });

  it('knows no other paths, of today or of the future', async () => {
    const { url, token } = await prepared();
    const headers = { Authorization: `Bearer ${token}` };
    for (const other of [
      '/2026-01-15/metadata',
      '/2026-01-15/metadata/other',
      '/2027-01-01/metadata/execution-environment',
      '/latest/meta-data',
    ]) {
      const { status, body } = await call(url.replace(path, other), { headers });
      assert.deepEqual([status, body], [404, '404 page not found\n'], other);
    }
    assert.equal((await call(url, { method: 'POST', headers })).status, 405);
  });
});
