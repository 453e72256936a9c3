import assert from 'node:assert/strict';
import fc from 'fast-check';
import { httpHead } from '../../../../../src/core/emulator/invoke/httpHead.ts';

describe("the head of a function's HTTP response", () => {
  it('has status, headers and cookies', () => {
    const metadata = {
      statusCode: 206,
      headers: { 'X-A': 'b', n: 3, t: true },
      cookies: ['s=1; Path=/', 't=2'],
    };
    assert.deepEqual(httpHead(metadata, 'text/plain'), {
      kind: 'valid',
      head: {
        status: 206,
        headers: {
          'x-a': 'b',
          n: '3',
          t: 'true',
          'set-cookie': ['s=1; Path=/', 't=2'],
          'content-type': 'text/plain',
        },
      },
    });
  });

  it('has defaults for what is not there', () => {
    const none = { kind: 'valid', head: { status: 200, headers: { 'content-type': 'text/plain' } } };
    assert.deepEqual(httpHead({}, 'text/plain'), none);
    assert.deepEqual(httpHead({ headers: null, cookies: null }, 'text/plain'), none);
  });

  it('joins header names that differ in case, and a cookie header with the cookies', () => {
    const metadata = { headers: { 'X-A': '1', 'x-a': '2', 'Set-Cookie': 'a=1' }, cookies: ['b=2'] };
    const read = httpHead(metadata, 't/t');
    assert.ok(read.kind === 'valid');
    assert.deepEqual(read.head.headers['x-a'], ['1', '2']);
    assert.deepEqual(read.head.headers['set-cookie'], ['a=1', 'b=2']);
  });

  it('writes other values as the service does', () => {
    const read = httpHead({ headers: { a: { bad: true, x: null }, b: ['c', 1] } }, 't/t');
    assert.ok(read.kind === 'valid');
    assert.equal(read.head.headers['a'], '{bad=true, x=null}');
    assert.equal(read.head.headers['b'], '[c, 1]');
  });

  for (const statusCode of [404, '404', 599]) {
    it(`takes the status ${JSON.stringify(statusCode)}`, () => {
      const read = httpHead({ statusCode }, 't/t');
      assert.ok(read.kind === 'valid' && read.head.status === Number(statusCode));
    });
  }

  for (const statusCode of [
    0,
    100,
    101,
    199,
    600,
    700,
    -200,
    200.5,
    1e21,
    null,
    true,
    '',
    '2e2',
    'OK',
    [200],
    {},
  ]) {
    it(`refuses the status ${JSON.stringify(statusCode)}`, () => {
      assert.equal(httpHead({ statusCode }, 't/t').kind, 'malformed');
    });
  }

  for (const metadata of [
    { headers: [] },
    { headers: 'a: b' },
    { cookies: 'a=1' },
    { headers: { '': 'a' } },
    { headers: { 'a b': 'c' } },
    { headers: { 'a\r\nb': 'c' } },
    { headers: { a: 'b\r\nSet-Cookie: c=d' } },
    { headers: { a: 'b\n' } },
    { headers: { a: '日本' } },
    { headers: { 'content-type': 'text/plain\r\n\r\n<script>' } },
    { cookies: ['a=1\r\nX: y'] },
    { cookies: [{ a: 'b\n' }] },
  ]) {
    it(`refuses ${JSON.stringify(metadata)}`, () => {
      const read = httpHead(metadata, 't/t');
      assert.ok(read.kind === 'malformed');
      assert.match(read.reason, /^The |^A /);
    });
  }

  it('never lets the function decide where the message ends', () => {
    const headers = {
      'Content-Length': '1',
      'transfer-ENCODING': 'chunked',
      Connection: 'x\r\ny',
      Upgrade: 'h2c',
    };
    assert.deepEqual(httpHead({ headers }, 't/t'), {
      kind: 'valid',
      head: { status: 200, headers: { 'content-type': 't/t' } },
    });
  });

  it('contains no control character, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.string()), (headers, cookies) => {
        const read = httpHead({ headers, cookies }, 't/t');
        if (read.kind === 'malformed') return;
        for (const [name, value] of Object.entries(read.head.headers)) {
          assert.match(name, /^[!#$%&'*+\-.^_`|~0-9a-z]+$/);
          for (const line of [value].flat()) assert.match(line, /^[\t\x20-\x7e\x80-\xff]*$/);
        }
      }),
    );
  });
});
