import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Value from 'typebox/value';
import { UsageSample } from '../../../events/catalogue/usage.ts';
import { usageWindow } from './reading.ts';
import { asOf, statusOf, type UsageStatus, type UsageWindow } from './sample.ts';

const now = new Date('2026-11-23T02:00:00Z');
const earlier = '2026-11-23T01:00:00.000Z';
const later = '2026-11-23T05:00:00.000Z';
const confidence = 'official' as const;
const five = (used: number, resets: string | null) => usageWindow({ kind: '5h', used, resets, confidence });
const week = (used: number, resets: string | null) =>
  usageWindow({ kind: 'weekly', used, resets, confidence });
const ofModel = (used: number) =>
  usageWindow({ kind: 'weekly', scope: 'Opus', used, resets: later, confidence });

const sample = (windows: UsageWindow[], status: UsageStatus): UsageSample => ({
  provider_id: 'codex-cli',
  status,
  confidence,
  source: 'codex-app-server',
  checked_at: earlier,
  observed_at: earlier,
  stale: false,
  plan: 'pro',
  windows,
  credits_remaining: null,
  premium_requests_remaining: null,
  reset_at: null,
  tried: [],
  warnings: [],
  raw: {},
});

describe('the status of windows', () => {
  const status = (windows: UsageWindow[], facts: Partial<{ reached: boolean; overage: boolean }> = {}) =>
    statusOf(windows, { reached: false, overage: false, ...facts });

  it('is near its limit below a fifth, and reached at nothing', () => {
    assert.equal(status([five(80, later)]), 'available');
    assert.equal(status([five(81, later)]), 'near_limit');
    assert.equal(status([five(3, later), week(100, later)]), 'limit_reached');
  });

  it('is overage_possible where going on would be billed', () =>
    assert.equal(status([five(100, later)], { overage: true }), 'overage_possible'));

  it('is not reached by the limit of one model', () =>
    assert.equal(status([five(3, later), ofModel(100)]), 'near_limit'));

  it('is available where no limits are reported', () => assert.equal(status([]), 'available'));
});

describe('a sample as it reads later', () => {
  it('loses the percentages of a window that has reset since', () => {
    const read = asOf(sample([five(90, earlier), week(30, later)], 'near_limit'), now);
    assert.deepEqual(
      read.windows.map((w) => [w.used_percent, w.remaining_percent, w.expired]),
      [
        [null, null, true],
        [30, 70, false],
      ],
    );
    assert.equal(read.status, 'available');
    assert.ok(Value.Check(UsageSample, read));
  });

  it('does not infer that a reached limit has recovered', () =>
    assert.equal(
      asOf(sample([five(100, earlier), week(30, later)], 'limit_reached'), now).status,
      'unknown',
    ));

  it('stays at its limit while another exhausted window has not reset', () =>
    assert.equal(
      asOf(sample([five(100, earlier), week(100, later)], 'limit_reached'), now).status,
      'limit_reached',
    ));

  it('is unknown when nothing of it is still true', () =>
    assert.equal(asOf(sample([five(10, earlier)], 'available'), now).status, 'unknown'));

  it('keeps a status that no window made', () =>
    assert.equal(asOf(sample([five(10, earlier)], 'unauthenticated'), now).status, 'unauthenticated'));

  it('is untouched while nothing has reset', () => {
    const whole = sample([five(10, later), week(20, null)], 'available');
    assert.equal(asOf(whole, now), whole);
  });
});
