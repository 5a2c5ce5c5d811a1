import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../random.ts';
import { grows, type Point, trendOf } from './trend.ts';

const bound = { factor: 1.2, slack: 1 };

/** Points with noise of up to `noise` on each side. */
function points(count: number, y: (x: number) => number, { noise = 0, seed = 1, groups = 1 } = {}): Point[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, x) => ({
    x,
    y: y(x) + (random.next() * 2 - 1) * noise,
    beside: 0,
    group: `${Math.floor((x * groups) / count)}`,
  }));
}

describe('a trend', () => {
  it('sees growth with each worker through noise', () => {
    const trend = trendOf(points(100, (x) => 50 + x, { noise: 20 }));
    assert.ok(Math.abs(trend.perWorker - 1) < 0.3, `${trend.perWorker}`);
    assert.equal(grows(trend, bound), true);
  });

  it('sees none in noise, whatever the noise is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (seed, noise) => {
          assert.equal(
            grows(trendOf(points(60, () => 100, { noise, seed })), { factor: 1.5, slack: 0 }),
            false,
          );
        },
      ),
    );
  });

  it('sees none in a level that is reached, or where too little was seen', () => {
    assert.equal(grows(trendOf(points(90, (x) => Math.min(100, 90 + x))), bound), false);
    assert.equal(grows(trendOf(points(5, (x) => x)), bound), false);
    assert.equal(grows(trendOf([]), bound), false);
  });

  it('takes out what follows the workers that run at the moment', () => {
    const busy = (y: (x: number, beside: number) => number) =>
      points(90, () => 0).map((point) => {
        const beside = point.x < 30 ? point.x % 3 : 4 + (point.x % 5);
        return { ...point, beside, y: y(point.x, beside) };
      });
    assert.equal(grows(trendOf(busy((_, beside) => 20 + 3 * beside)), bound), false);
    const leaks = trendOf(busy((x, beside) => 20 + 3 * beside + x / 2));
    assert.ok(Math.abs(leaks.perWorker - 0.5) < 0.001, `${leaks.perWorker}`);
    assert.equal(grows(leaks, bound), true);
  });

  it('compares processes in their growth, not in their level', () => {
    const steps = points(90, (x) => (x < 45 ? 80 : 140), { groups: 2 });
    assert.equal(trendOf(steps).perWorker, 0);
    assert.equal(grows(trendOf(steps), bound), false);
  });

  it('sees what each of several processes leaks, although it ends with them', () => {
    const saw = trendOf(points(90, (x) => 80 + (x % 45) * 2, { groups: 2 }));
    assert.ok(Math.abs(saw.perWorker - 2) < 0.001);
    assert.equal(grows(saw, bound), true);
  });

  it('is too high from the beginning where it is above what it may ever be', () => {
    const high = trendOf(points(90, () => 50));
    assert.equal(grows(high, { ...bound, most: 40 }), true);
    assert.equal(grows(high, { ...bound, most: 60 }), false);
  });
});
