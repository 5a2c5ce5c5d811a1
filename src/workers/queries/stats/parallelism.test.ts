import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sweep, type TimeSpan, type Work } from './parallelism.ts';

const lasting: fc.Arbitrary<TimeSpan> = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([start, length]) => ({ start, end: start + length }));
const pool = fc.array(fc.record({ provider: fc.constantFrom('a', 'b', 'c'), span: lasting }), {
  maxLength: 12,
});

const workOf = (all: readonly { provider: string; span: TimeSpan }[]): Work[] =>
  all.map(({ provider, span }) => ({ provider, starts: [span.start], ends: [span.end] }));

/** The members that are at work at some time in the window, as a query returns them. */
const within = <Member extends { span: TimeSpan }>(all: readonly Member[], { start, end }: TimeSpan) =>
  all.filter(({ span }) => span.start < end && span.end >= start);

/** How many are at work in each unit of time, counted one by one. */
const countedOneByOne = (all: readonly { span: TimeSpan }[], window: TimeSpan) =>
  Array.from({ length: window.end - window.start }, (_, index) => {
    const at = window.start + index;
    return all.filter(({ span }) => span.start <= at && at < span.end).length;
  });

describe('parallel workers', () => {
  it('are counted as if every moment were checked', () => {
    const window = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 50 }))
      .map(([start, length]) => ({ start, end: start + length }));
    fc.assert(
      fc.property(pool, window, (all, span) => {
        const { all: together, providers } = sweep(workOf(within(all, span)), span);
        const expected = (members: typeof all) => {
          const levels = countedOneByOne(members, span);
          const peak = Math.max(0, ...levels);
          return {
            wall_ms: levels.filter((level) => level > 0).length,
            sum_ms: levels.reduce((sum, level) => sum + level, 0),
            peak,
            peak_at: peak === 0 ? null : span.start + levels.indexOf(peak),
          };
        };
        assert.deepEqual(together, expected(all));
        for (const [provider, own] of providers)
          assert.deepEqual(own, expected(all.filter((member) => member.provider === provider)));
      }),
    );
  });

  it('are not parallel if one begins as the other ends', () => {
    const { all } = sweep([{ provider: 'a', starts: [0, 10], ends: [10, 20] }], { start: 0, end: 30 });
    assert.equal(all.peak, 1);
  });

  it('count until the end of the span if they have not ended', () => {
    const { all } = sweep([{ provider: 'a', starts: [5], ends: [null] }], { start: 0, end: 30 });
    assert.equal(all.sum_ms, 25);
  });
});

describe('the days of a span', () => {
  const at = (date: number, hour = 0) => new Date(2026, 2, date, hour).getTime();

  it('include those without work, and divide work that crosses midnight', () => {
    const work = [{ provider: 'a', starts: [at(4, 22), at(5, 1)], ends: [at(5, 3), at(5, 2)] }];
    assert.deepEqual(sweep(work, { start: at(4, 12), end: at(7, 12) }).days, [
      { day: '2026-03-04', spawned: 1, worker_hours: 2, peak_concurrent: 1 },
      { day: '2026-03-05', spawned: 1, worker_hours: 4, peak_concurrent: 2 },
      { day: '2026-03-06', spawned: 0, worker_hours: 0, peak_concurrent: 0 },
      { day: '2026-03-07', spawned: 0, worker_hours: 0, peak_concurrent: 0 },
    ]);
  });

  it('count as spawned what began on them, but not what was at work before the span', () => {
    const work = [{ provider: 'a', starts: [at(3), at(4), at(4, 5)], ends: [null, at(4), null] }];
    const { days } = sweep(work, { start: at(4), end: at(5) });
    assert.deepEqual(
      days.map(({ spawned, peak_concurrent }) => [spawned, peak_concurrent]),
      [[2, 2]],
    );
  });

  it('together contain all the work, wherever it is', () => {
    const span = { start: at(1), end: at(11) };
    const moment = fc.integer({ min: at(1), max: at(11) });
    const work = fc
      .tuple(moment, moment)
      .map(([a, b]) => ({ provider: 'a', span: { start: Math.min(a, b), end: Math.max(a, b) } }));
    fc.assert(
      fc.property(fc.array(work, { maxLength: 8 }), (members) => {
        const { all, days } = sweep(workOf(within(members, span)), span);
        const hours = days.reduce((sum, day) => sum + day.worker_hours, 0);
        assert.ok(Math.abs(hours * 3_600_000 - all.sum_ms) < 1);
        assert.equal(Math.max(...days.map((day) => day.peak_concurrent)), all.peak);
      }),
    );
  });
});
