import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideContinuation, jitter, planPark, type Shown, whatIsDue } from './plan.ts';
import type { KnownReset } from './reset.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const resets = (inMs: number | null): KnownReset => ({
  until: inMs === null ? null : NOW + inMs,
  window: '5h',
  from: 'screen',
});
const planned = (more: Partial<Parameters<typeof planPark>[0]> = {}) =>
  planPark({
    id: 'ap_one',
    now: NOW,
    reset: resets(2 * HOUR),
    attempt: 1,
    graceMs: 0,
    bounds: { maxContinuations: 10, waitAtMostMs: 12 * HOUR, waitedMs: 0 },
    ...more,
  });

const bounds = fc.record({
  maxContinuations: fc.integer({ min: 1, max: 20 }),
  waitAtMostMs: fc.option(fc.integer({ min: 0, max: 48 * HOUR })),
  waitedMs: fc.integer({ min: 0, max: 48 * HOUR }),
});
const given = fc.record({
  id: fc.string(),
  now: fc.constant(NOW),
  reset: fc.option(fc.integer({ min: -HOUR, max: 200 * HOUR })).map(resets),
  attempt: fc.integer({ min: 1, max: 30 }),
  graceMs: fc.constantFrom(0, 110_000),
  bounds,
});

describe('a worker that is parked', () => {
  it('is never looked at before the reset, nor before an agent had time to go on by itself', () =>
    fc.assert(
      fc.property(given, (park) => {
        const { checkAt } = planPark(park);
        assert.ok(checkAt >= Math.max(NOW, park.reset.until ?? NOW) + park.graceMs);
      }),
    ));

  it('is looked at within an hour of the reset, or of now', () =>
    fc.assert(
      fc.property(given, (park) => {
        const { checkAt } = planPark(park);
        assert.ok(checkAt <= Math.max(NOW, park.reset.until ?? NOW) + park.graceMs + HOUR + MINUTE);
      }),
    ));

  it('is given up by the end of what it may wait, whatever it has waited before', () =>
    fc.assert(
      fc.property(given, (park) => {
        const { giveUpAt, refused } = planPark(park);
        const { waitAtMostMs, waitedMs, maxContinuations } = park.bounds;
        if (waitAtMostMs === null) assert.equal(giveUpAt, null);
        else assert.ok(giveUpAt !== null && giveUpAt - NOW + waitedMs <= Math.max(waitAtMostMs, waitedMs));
        if (park.attempt > maxContinuations) assert.equal(refused, 'too_many_attempts');
      }),
    ));

  it('is not waited for where its reset is known to be too late', () => {
    assert.equal(planned().refused, null);
    assert.equal(planned({ reset: resets(13 * HOUR) }).refused, 'waited_too_long');
    const spent = { maxContinuations: 10, waitAtMostMs: 12 * HOUR, waitedMs: 11 * HOUR };
    assert.equal(planned({ bounds: spent }).refused, 'waited_too_long');
  });

  it('is tried again ever later where a reset has passed without effect', () => {
    const wait = (attempt: number) => planned({ attempt, reset: resets(-MINUTE) }).checkAt - NOW;
    assert.deepEqual([1, 2, 3, 4, 20].map(wait), [1000, 15_000, 30_000, 60_000, HOUR]);
  });

  it('is tried again where no reset is known: soon after a rate limit, later after a used-up plan', () => {
    const wait = (attempt: number, isPassing: boolean) =>
      planned({ attempt, isPassing, reset: resets(null) }).checkAt - NOW;
    assert.deepEqual([wait(1, true), wait(3, true)], [MINUTE, 4 * MINUTE]);
    assert.deepEqual([wait(1, false), wait(9, false)], [5 * MINUTE, HOUR]);
  });

  it('wakes with a delay of its own: seconds to a minute, less for a reset that is near', () =>
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 200 * HOUR }), (id, wait) => {
        const delay = jitter(id, NOW, NOW + wait);
        assert.equal(delay, jitter(id, NOW, NOW + wait));
        assert.ok(delay >= 0 && delay <= MINUTE && delay <= wait / 5 + 1);
        if (wait > HOUR) assert.ok(delay >= 3000);
      }),
    ));

  it('is due at its time of day, also after the machine has slept', () => {
    const park = { checkAt: NOW + HOUR, giveUpAt: NOW + 2 * HOUR };
    assert.deepEqual(whatIsDue(park, NOW), { kind: 'wait', ms: 30_000 });
    assert.deepEqual(whatIsDue(park, NOW + HOUR - 10), { kind: 'wait', ms: 10 });
    assert.deepEqual(whatIsDue(park, NOW + HOUR + 5 * MINUTE), { kind: 'check' });
    assert.deepEqual(whatIsDue(park, NOW + 9 * HOUR), { kind: 'give_up' });
    assert.deepEqual(whatIsDue({ ...park, giveUpAt: null }, NOW + 9 * HOUR), { kind: 'check' });
  });
});

const shown = fc.oneof(
  fc.constant<Shown>({ kind: 'box' }),
  fc.constant<Shown>({ kind: 'work' }),
  fc.constant<Shown>({ kind: 'menu', safeKey: 'Escape' }),
  fc.string().map((what): Shown => ({ kind: 'other', what })),
);
const limit = fc.option(
  fc.record({ until: fc.option(fc.integer({ min: NOW - HOUR, max: NOW + 99 * HOUR })) }),
);

describe('a continuation', () => {
  it('is sent into an input box only, and only once the limit is over', () =>
    fc.assert(
      fc.property(limit, shown, (holds, screen) => {
        const next = decideContinuation({ limit: holds, shown: screen, now: NOW });
        const isOver = holds === null || (holds.until !== null && holds.until <= NOW);
        assert.equal(next.kind === 'park', !isOver);
        if (next.kind === 'send') assert.equal(screen.kind, 'box');
        if (next.kind === 'close_menu') assert.equal(screen.kind, 'menu');
        if (screen.kind === 'work' && isOver) assert.equal(next.kind, 'leave');
      }),
    ));
});
