import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import Value from 'typebox/value';
import { UsageSample } from '../../../events/catalogue/usage.ts';
import { usageWindow } from './reading.ts';
import {
  asOf,
  leftOf,
  modelsOf,
  nextReset,
  planWindows,
  statusOf,
  type UsageStatus,
  type UsageWindow,
} from './sample.ts';

const now = new Date('2026-11-23T02:00:00Z');
const earlier = '2026-11-23T01:00:00.000Z';
const later = '2026-11-23T05:00:00.000Z';
const confidence = 'official' as const;
const five = (used: number, resets: string | null) => usageWindow({ kind: '5h', used, resets, confidence });
const week = (used: number, resets: string | null) =>
  usageWindow({ kind: 'weekly', used, resets, confidence });
const ofModel = (used: number) =>
  usageWindow({ kind: 'weekly', scope: 'Opus', used, resets: later, confidence });

const money = (used: number) =>
  usageWindow({ kind: 'on_demand', scope: 'extra usage', used, resets: later, confidence });

const sample = (
  windows: UsageWindow[],
  status: UsageStatus,
  facts: Partial<UsageSample> = {},
): UsageSample => ({
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
  ...facts,
});

describe('what is left of a window', () => {
  const of = (facts: Partial<UsageWindow>) =>
    leftOf({ ...five(0, later), used_percent: null, remaining_percent: null, ...facts });

  it('is nothing however far the limit was exceeded, and by whichever half of the figures', () => {
    assert.equal(of({ used_percent: 137, remaining_percent: null }), 0);
    assert.equal(of({ used_percent: 100, remaining_percent: 100 }), 0);
    assert.equal(of({ remaining_percent: 0 }), 0);
    assert.equal(of({ used_units: 1520, remaining_units: 0 }), 0);
    assert.equal(of({ used_percent: 30 }), 70);
  });

  it('is not known without figures, of a placeholder, and after the reset', () => {
    assert.equal(of({}), null);
    assert.equal(of({ used_units: 0, remaining_units: 0 }), null);
    assert.equal(of({ used_percent: 40, expired: true }), null);
  });
});

describe('a pool', () => {
  const scoped = (facts: Partial<UsageWindow>): UsageWindow => ({ ...ofModel(50), ...facts });

  it('is the plan, or the models that a window names or is named after', () => {
    assert.deepEqual(modelsOf(five(3, later)), []);
    assert.deepEqual(modelsOf(ofModel(3)), ['Opus']);
    assert.deepEqual(modelsOf(scoped({ models: ['opus-4-6', 'opus-4-7'] })), ['opus-4-6', 'opus-4-7']);
    assert.deepEqual(modelsOf(scoped({ models: ['opus'], scope: null })), ['opus']);
  });

  it('is the plan for a quota with a scope that stops all work', () => {
    const chat = scoped({ scope: 'chat', binds_plan: true });
    assert.deepEqual([modelsOf(chat), planWindows([chat, ofModel(1)])], [[], [chat]]);
  });

  it('is money only where the plan has no other limit', () => {
    assert.deepEqual(planWindows([five(1, later), money(3)]), [five(1, later)]);
    assert.deepEqual(planWindows([money(3)]), [money(3)]);
    assert.deepEqual(modelsOf(money(3)), []);
  });
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

  it('is limit_reached where the money for going on is spent too', () => {
    assert.equal(status([five(100, later), money(100)], { overage: true }), 'limit_reached');
    assert.equal(status([money(100)], { overage: true }), 'limit_reached');
    assert.equal(status([five(100, later), money(60)], { overage: true }), 'overage_possible');
  });

  it('is not changed by the limit of one model', () =>
    assert.equal(status([five(3, later), ofModel(100)]), 'available'));

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

  it('has recovered where every used-up window has reset', () => {
    const read = (used: number, status: UsageStatus) =>
      asOf(sample([five(used, earlier), week(30, later)], status), now).status;
    assert.deepEqual([read(99, 'near_limit'), read(100, 'limit_reached')], ['available', 'available']);
    assert.equal(asOf(sample([five(100, earlier)], 'limit_reached'), now).status, 'available');
    assert.equal(
      asOf(sample([five(100, earlier), week(90, later)], 'overage_possible'), now).status,
      'near_limit',
    );
  });

  it('stays at a limit that no window explains', () => {
    assert.equal(asOf(sample([], 'limit_reached'), now).status, 'limit_reached');
    assert.equal(
      asOf(sample([five(60, earlier), week(30, later)], 'limit_reached'), now).status,
      'limit_reached',
    );
  });

  it('is at its limit while the provider refuses work, and no longer than it said', () => {
    const refused = (until: string | null, status: UsageStatus = 'limit_reached') =>
      asOf(sample([week(30, later)], status, { blocked: { reason: 'spend_control_reached', until } }), now)
        .status;
    assert.deepEqual(
      [refused(null), refused(later), refused(earlier)],
      ['limit_reached', 'limit_reached', 'available'],
    );
    assert.equal(refused(null, 'available'), 'limit_reached');
  });

  it('is not near its limit because one model is', () =>
    assert.equal(asOf(sample([five(3, later), ofModel(100)], 'near_limit'), now).status, 'available'));

  it('stays at its limit while another exhausted window has not reset', () =>
    assert.equal(
      asOf(sample([five(100, earlier), week(100, later)], 'limit_reached'), now).status,
      'limit_reached',
    ));

  it('is available when all of its windows have reset', () =>
    assert.equal(asOf(sample([five(10, earlier)], 'available'), now).status, 'available'));

  it('keeps a status that no window made', () =>
    assert.equal(asOf(sample([five(10, earlier)], 'unauthenticated'), now).status, 'unauthenticated'));

  it('is untouched while nothing has reset', () => {
    const whole = sample([five(10, later), week(20, null)], 'available');
    assert.equal(asOf(whole, now), whole);
  });

  it('reads the same when it is read again, and whatever the order of its windows is', () => {
    const percent = fc.integer({ min: 0, max: 140 });
    const reset = fc.constantFrom(earlier, later, null);
    const window = fc
      .tuple(fc.constantFrom(five, week, ofModel, money), percent, reset)
      .map(([make, used, resets]) => ({ ...make(used, resets), reset_at: resets }));
    const status = fc.constantFrom<UsageStatus>('available', 'near_limit', 'limit_reached', 'unknown');
    fc.assert(
      fc.property(fc.array(window, { maxLength: 5 }), status, (windows, given) => {
        const read = asOf(sample(windows, given), now);
        assert.deepEqual(asOf(read, now), read);
        const other = asOf(sample(windows.toReversed(), given), now);
        assert.deepEqual([other.status, nextReset(other.windows)], [read.status, nextReset(read.windows)]);
        assert.equal(read.status === 'unknown', given === 'unknown');
      }),
    );
  });
});

describe('the reset to wait for', () => {
  it('is the last one of the used-up limits, else that of the tightest', () => {
    assert.equal(
      nextReset([five(100, later), week(100, '2026-11-25T00:00:00.000Z')]),
      '2026-11-25T00:00:00.000Z',
    );
    assert.equal(nextReset([five(100, null), week(100, later)]), null);
    assert.equal(nextReset([five(70, later), week(20, '2026-11-25T00:00:00.000Z')]), later);
  });
});
