import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PagedList } from '../../../../src/core/account/pagedList.ts';
import { readMatching } from '../../../../src/core/account/readMatching.ts';

/** A listing of the numbers below `total`, and how many of its pages were read. */
function numbers(total: number, pageSize: number) {
  const all = Array.from({ length: total }, (_, index) => index);
  const read = { pages: 0 };
  const list = new PagedList<number>(({ marker = '0' }) => {
    read.pages++;
    const [start, end] = [Number(marker), Number(marker) + pageSize];
    const next = end < total ? { next: String(end) } : {};
    return Promise.resolve({ items: all.slice(start, end), ...next });
  });
  return { all, list, read };
}

describe('What is shown of a listing', () => {
  it('is its first page, when everything matches, and no more is read', async () => {
    const { list, read } = numbers(120, 50);
    const shown = await readMatching(list, { count: 50, matches: () => true });
    assert.deepEqual([shown.rows.length, shown.hasMore, read.pages], [50, true, 1]);
  });

  it('is always the first of what matches, says whether there may be more, and reads no page in vain', async () => {
    const sizes = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.nat(40), fc.nat(60));
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 7 }), async ([total, page, count, before], every) => {
        const { all, list, read } = numbers(total, page);
        await list.ensure(before); // somebody else has read on already
        const known = list.items.length;
        const pagesBefore = read.pages;
        const matches = (item: number) => item % every === 0;
        const { rows, hasMore } = await readMatching(list, { count, matches });
        const matching = all.filter(matches);
        assert.deepEqual(rows, matching.slice(0, count));
        if (matching.length > count) assert.ok(hasMore);
        if (list.isComplete) assert.equal(hasMore, matching.length > count);
        if (all.slice(0, known).filter(matches).length >= count) assert.equal(read.pages, pagesBefore);
      }),
    );
  });

  it('ends when somebody cancels', async () => {
    const { list } = numbers(1_000_000, 1);
    const abort = new AbortController();
    const matches = (item: number) => {
      if (item === 3) abort.abort();
      return false;
    };
    const reading = readMatching(list, { count: 1, matches, signal: abort.signal });
    await assert.rejects(reading, { name: 'AbortError' });
    assert.ok(list.items.length < 10);
  });

  it('shows nothing twice or of before when the listing is read anew meanwhile', async () => {
    const { all, list } = numbers(100, 10);
    let left = 3;
    const matches = (item: number) => {
      if (item === 25 && left-- > 0) list.reset();
      return item % 2 === 0;
    };
    const { rows, hasMore } = await readMatching(list, { count: 1_000, matches });
    assert.deepEqual([rows, hasMore], [all.filter((item) => item % 2 === 0), false]);
  });

  it('ends when somebody cancels who waits for a page of somebody else', async () => {
    let answer: (() => void) | undefined;
    const list = new PagedList<number>(
      () => new Promise((resolve) => (answer = () => resolve({ items: [1] }))),
    );
    const first = list.all();
    const abort = new AbortController();
    const second = readMatching(list, { count: 1, matches: () => true, signal: abort.signal });
    abort.abort();
    await assert.rejects(second, { name: 'AbortError' });
    answer?.();
    assert.deepEqual(await first, [1]);
  });
});
