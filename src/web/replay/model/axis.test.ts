import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Axis } from './axis.ts';

const times = fc
  .array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 60 })
  .map((all) => all.sort((a, b) => a - b));

describe('the time of a replay', () => {
  it('folds a wait of hours, and keeps all that moves as long as it was', () => {
    const axis = new Axis([0, 500, 900, 7_200_900, 7_201_400], { isFolded: true });
    assert.deepEqual(axis.folds, [{ from: 900, to: 7_200_900, play: 900 }]);
    assert.equal(axis.total, 7_201_400);
    assert.equal(axis.end, 900 + 1200 + 500);
    assert.equal(axis.toPlay(500), 500);
    assert.equal(axis.toReal(2100 + 250), 7_201_150);
  });

  it('folds nothing where idle time is shown', () => {
    const axis = new Axis([0, 500, 900_000], { isFolded: false });
    assert.deepEqual([axis.folds.length, axis.end, axis.toReal(1000)], [0, 900_000, 1000]);
  });

  it('never runs backwards, and each moment has its place', () => {
    fc.assert(
      fc.property(times, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (all, isFolded, share) => {
        const axis = new Axis(all, { isFolded });
        const play = share * axis.end;
        const real = axis.toReal(play);
        assert.ok(real >= 0 && real <= axis.total);
        assert.ok(Math.abs(axis.toPlay(real) - play) < 0.01, `${play} becomes ${axis.toPlay(real)}`);
        assert.ok(axis.toReal(Math.min(axis.end, play + 1)) >= real);
        assert.ok(axis.end <= axis.total);
      }),
    );
  });

  it('has a length without any event', () => {
    const axis = new Axis([], { isFolded: true });
    assert.deepEqual([axis.total, axis.end, axis.toPlay(5), axis.foldAt(0)], [1, 1, 1, null]);
  });
});
