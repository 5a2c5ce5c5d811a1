import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Axis } from './axis.ts';
import { Heights } from './heights.ts';
import { placedMarks, ticks } from './marks.ts';

describe('the rows of a long list', () => {
  it('are found by their place, also after some were measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 200 }),
        fc.array(fc.tuple(fc.nat(199), fc.integer({ min: 1, max: 200 })), { maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (estimates, measured, share) => {
          const heights = new Heights(estimates);
          const all = [...estimates];
          for (const [index, height] of measured) {
            if (index >= all.length) continue;
            heights.measured(index, height);
            all[index] = height;
          }
          const total = all.reduce((sum, height) => sum + height, 0);
          assert.equal(heights.total, total);
          const place = share * (total - 1);
          const found = heights.at(place);
          assert.ok(heights.top(found) <= place && place < heights.top(found + 1));
        },
      ),
    );
  });
});

describe('the marks of a timeline', () => {
  it('never cover each other, and the first ones have their place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (wanted) => {
          const places = placedMarks(wanted, 900).filter((place) => place !== null);
          assert.ok(places.length > 0);
          const sorted = [...places].sort((a, b) => a - b);
          for (const [index, place] of sorted.entries()) {
            if (index > 0) assert.ok(place - (sorted[index - 1] as number) >= 18);
            assert.ok(place >= 9 && place <= 891);
          }
        },
      ),
    );
  });
});

describe('the times above a timeline', () => {
  const ticksOf = (all: readonly number[], width = 800) => {
    const axis = new Axis(all, { isFolded: true });
    return ticks(
      { width, end: axis.end, apart: 60 },
      (place) => axis.toReal((place / width) * axis.end),
      (real) => (axis.toPlay(real) / axis.end) * width,
    );
  };

  it('are round, and leave room for each other', () => {
    const found = ticksOf(Array.from({ length: 100 }, (_, index) => index * 1000));
    assert.ok(found.length >= 5, JSON.stringify(found));
    for (const [index, { at, place }] of found.entries()) {
      assert.equal(at % 10_000, 0);
      if (index > 0) assert.ok(place - (found[index - 1]?.place ?? 0) >= 60);
    }
  });

  it('are few, however long a hostile recording says that it lasted', () => {
    const found = ticksOf([0, 1000, 2000, 30_000_000_000_000, 30_000_000_001_000]);
    assert.ok(found.length < 20);
  });
});
