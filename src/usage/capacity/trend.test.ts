import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aSample, aWindow, NOW } from '../../../fixtures/usage/samples.ts';
import { trendOf } from './trend.ts';

const FIVE = '2026-11-23T04:00:00.000Z';
const at = (time: string, used: number, resets: string | null = FIVE) =>
  aSample('codex-cli', { observed_at: `2026-11-23T${time}:00.000Z`, windows: [aWindow('5h', used, resets)] });
const trend = (used: number, ...history: ReturnType<typeof at>[]) =>
  trendOf(aWindow('5h', used, FIVE), history, NOW);

describe('a trend', () => {
  it('says when a window is used up at the pace of its samples, and from which span', () => {
    assert.deepEqual(trend(60, at('01:20', 20), at('01:40', 40), at('02:00', 60)), {
      percent_per_hour: 60,
      from: '2026-11-23T01:20:00.000Z',
      to: '2026-11-23T02:00:00.000Z',
      samples: 3,
      used_up_at: '2026-11-23T02:40:00.000Z',
      lasts_until_reset: false,
    });
  });

  it('says that a window lasts if it resets first, and then names no time', () => {
    const slow = trend(22, at('01:20', 20), at('02:00', 22));
    assert.deepEqual([slow?.used_up_at, slow?.lasts_until_reset], [null, true]);
  });

  it('covers the last fifth of a window, not its quiet beginning', () =>
    assert.equal(
      trend(30, at('00:00', 0), at('00:30', 0), at('01:30', 0), at('02:00', 30))?.percent_per_hour,
      60,
    ));

  it('takes the sample before the last fifth when there is no other', () =>
    assert.equal(trend(30, at('00:00', 0), at('02:00', 30))?.percent_per_hour, 15));

  it('starts over where the percentage falls or the reset changes', () => {
    assert.equal(trend(10, at('01:00', 90), at('02:00', 10)), null);
    assert.equal(trend(30, at('01:30', 20, '2026-11-23T01:50:00.000Z'), at('02:00', 30)), null);
    assert.equal(
      trend(30, at('01:30', 20, '2026-11-23T04:00:31.000Z'), at('02:00', 30))?.percent_per_hour,
      20,
    );
  });

  it('is null if the samples support none', () => {
    assert.equal(trend(20), null, 'no samples');
    assert.equal(trend(20, at('02:00', 20)), null, 'one sample');
    assert.equal(trend(21, at('01:58', 20), at('02:00', 21)), null, 'two of the same moment');
    assert.equal(trend(20, at('00:00', 10), at('00:30', 20)), null, 'too long ago');
    assert.equal(
      trendOf({ ...aWindow('5h', 20, FIVE), expired: true }, [at('01:00', 10), at('02:00', 20)], NOW),
      null,
    );
  });

  it('leaves out what was recorded before the clock was set back', () => {
    const back = trend(40, at('01:50', 90), at('01:55', 95), at('01:00', 20), at('01:40', 40));
    assert.deepEqual([back?.percent_per_hour, back?.samples], [30, 2]);
  });

  it('of an unused window is flat: no time, and it lasts', () => {
    const flat = trend(20, at('01:20', 20), at('02:00', 20));
    assert.deepEqual([flat?.percent_per_hour, flat?.used_up_at, flat?.lasts_until_reset], [0, null, true]);
  });

  it('never names a time before now or after the reset, whatever the samples are', () => {
    const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 119 }), fc.integer({ min: 0, max: 100 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(history, (points) => {
        const samples = points.map(([minute, used]) =>
          at(`0${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`, used),
        );
        const found = trendOf(aWindow('5h', 50, FIVE), samples, NOW);
        assert.ok(found === null || found.percent_per_hour >= 0);
        if (found?.used_up_at) assert.ok(found.used_up_at >= NOW.toISOString() && found.used_up_at < FIVE);
      }),
    );
  });
});
