import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergedPage } from './merge.ts';

describe('a page of several lists', () => {
  const times = (items: readonly number[]) => items.map((at) => ({ at }));

  it('is that of one list, however its items are split', () => {
    const split = fc.array(fc.record({ at: fc.nat(1000), list: fc.nat(4) }), { maxLength: 60 });
    const property = fc.property(split, fc.nat(20), fc.nat(20), (items, offset, limit) => {
      const newest = items.toSorted((one, other) => other.at - one.at || one.list - other.list);
      const lists = [0, 1, 2, 3, 4].map((list) => newest.filter((item) => item.list === list));
      const page = mergedPage(lists, { offset, limit });
      const found = page.map(({ list, index }) => lists[list]?.[index]);
      assert.deepEqual(found, newest.slice(offset, offset + limit));
    });
    fc.assert(property);
  });

  it('keeps the order of each list where its clock was set back, and leaves nothing out', () => {
    const lists = [times([10, 90, 20]), times([50, 40])];
    const page = mergedPage(lists, { offset: 0, limit: 10 });
    assert.deepEqual(
      page.map(({ list, index }) => `${list}${index}`),
      ['10', '11', '00', '01', '02'],
    );
    const pages = [0, 1, 2, 3, 4].flatMap((offset) => mergedPage(lists, { offset, limit: 1 }));
    assert.deepEqual(pages, page);
  });
});
