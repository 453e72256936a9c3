import assert from 'node:assert/strict';
import fc from 'fast-check';
import { refusalReason } from '../../../../../src/core/emulator/http/loopbackGuard.ts';

const host = '127.0.0.1:4566';
const own = `http://${host}`;
const page = '/lambda-url/web/';
const invoke = '/2015-03-31/functions/web/invocations';

function allows(url: string, headers: Record<string, string | string[]>): boolean {
  const headersDistinct = Object.fromEntries(
    Object.entries({ host, ...headers }).map(([name, value]) => [name, [value].flat()]),
  );
  return refusalReason({ url, headersDistinct }) === undefined;
}

describe('the guard of the loopback servers', () => {
  it("lets a function's page post to its own function", () => {
    assert.ok(allows(page, { origin: own, 'sec-fetch-site': 'same-origin' }));
    assert.ok(allows(`${page}a?b`, { origin: own }));
    assert.ok(allows(page, { host: 'localhost:4566', origin: 'http://localhost:4566' }));
  });

  it('lets no page post anywhere else', () => {
    for (const url of [invoke, '/', '/2018-06-01/runtime/invocation/next', '/lambda-urls/web', `/x${page}`]) {
      assert.ok(!allows(url, { origin: own, 'sec-fetch-site': 'same-origin' }), url);
    }
    assert.ok(!allows(`${own}${page}`, { origin: own }), 'a whole URL as target');
  });

  it('lets no other origin reach a function', () => {
    const others = ['null', '', 'https://127.0.0.1:4566', 'http://127.0.0.1', 'http://127.0.0.1:4567'];
    for (const origin of [...others, 'http://localhost:4566', 'https://example.com', `${own}/`, `${own} x`]) {
      assert.ok(!allows(page, { origin }), origin);
    }
    assert.ok(!allows(page, { origin: [own, own] }));
    assert.ok(!allows(page, { host: 'example.com', origin: 'http://example.com' }));
  });

  it('refuses what pages ask for without an origin: images, links, frames', () => {
    for (const url of [page, invoke, '/2018-06-01/runtime/invocation/next']) {
      for (const site of ['cross-site', 'same-site', '', 'x'])
        assert.ok(!allows(url, { 'sec-fetch-site': site }));
    }
    assert.ok(!allows(page, { 'sec-fetch-site': ['none', 'cross-site'] }));
  });

  it('allows the address bar, and programs', () => {
    assert.ok(allows(page, { 'sec-fetch-site': 'none' }));
    for (const url of [page, invoke]) assert.ok(allows(url, {}));
  });

  it('allows an origin only where it is the address that was called', () => {
    fc.assert(
      fc.property(fc.webAuthority(), fc.constantFrom('127.0.0.1', 'localhost', '[::1]'), (other, name) => {
        assert.equal(allows(page, { host: name, origin: `http://${other}` }), other === name);
      }),
    );
  });
});
