import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KINDS, kindNames, unexpectedEnd } from './kinds.ts';
import { planOf } from './plan.ts';

const options = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  minutes: fc.integer({ min: 1, max: 90 }),
  rate: fc.integer({ min: 1, max: 30 }),
});

describe('the plan of a soak', () => {
  it('is the same for the same seed, and another for another', () => {
    const plan = planOf({ seed: 7, minutes: 5, rate: 16 });
    assert.deepEqual(planOf({ seed: 7, minutes: 5, rate: 16 }), plan);
    assert.notDeepEqual(planOf({ seed: 8, minutes: 5, rate: 16 }), plan);
  });

  it('has 40 workers in a simulated hour', () => {
    assert.equal(planOf({ seed: 1, minutes: 60, rate: 16 }).workers.length, 960);
  });

  it('has every kind once it has as many workers as a deal', () => {
    const { workers } = planOf({ seed: 3, minutes: 2, rate: 16 });
    assert.deepEqual(new Set(workers.map(({ kind }) => kind)), new Set(kindNames));
  });

  it('begins everything within the run, in order, and waits as long as its kind says', () => {
    fc.assert(
      fc.property(options, (given) => {
        const { workers, kills, removals } = planOf(given);
        const seconds = given.minutes * 60;
        assert.ok([...workers, ...removals].every(({ at }) => at >= 0 && at < seconds));
        assert.ok(kills.every((at) => at > 0 && at < seconds));
        assert.ok(workers.every(({ at }, index) => at >= (workers[index - 1]?.at ?? 0)));
        assert.ok(
          workers.every(({ kind, waitS }) => waitS >= KINDS[kind].waitS[0] && waitS <= KINDS[kind].waitS[1]),
        );
      }),
    );
  });
});

describe('the end of a worker', () => {
  const ended = { id: 'ap_1', kind: 'handed', place: 1 } as const;

  it('is as its kind says for its place in its course', () => {
    assert.equal(unexpectedEnd(ended, { state: 'COMPLETED', alive: false }), null);
    assert.match(unexpectedEnd(ended, { state: 'CANCELLED', alive: false }) ?? '', /not COMPLETED/);
  });

  it('is none while it is alive, or where the ledger does not know it', () => {
    assert.match(unexpectedEnd(ended, { state: 'COMPLETED', alive: true }) ?? '', /is alive/);
    assert.match(unexpectedEnd(ended, undefined) ?? '', /does not know/);
  });
});
