import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { aSample, aWindow, NOW } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { defaultConfig } from '../../config/file/defaults.ts';
import { freshFile } from '../../events/testing/stores.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { type CapacityInputs, capacityNow, currentCapacity, isInForce, withWarning } from './current.ts';

const LATER = '2026-11-26T14:00:00.000Z';
const HALF_HOUR = 30 * 60_000;

const warning = (facts: Partial<UsageSample> = {}) =>
  aSample('codex-cli', {
    status: 'limit_reached',
    confidence: 'provider_warning',
    source: 'worker-screen',
    observed_at: '2026-11-23T01:59:00.000Z',
    warnings: ['You have hit your limit'],
    ...facts,
  });

const found = (id: string, installed: boolean, status: 'unknown' | 'unauthenticated' = 'unknown') => ({
  id,
  installed,
  auth: { status, confidence: 'unknown', reason: '', checked_at: '2026-11-23T01:00:00.000Z' } as const,
});

function current(samples: UsageSample[], given: Partial<CapacityInputs> = {}) {
  const ledger = openLedger(freshFile());
  after(() => ledger.close());
  for (const data of samples)
    ledger.store.append(`usage/${data.provider_id}`, [{ type: 'usage.sampled', data }], { actor: 'cli' });
  const all = {
    config: defaultConfig(),
    ids: ['codex-cli'],
    detected: [],
    now: NOW,
    ...given,
  } as CapacityInputs;
  const row = currentCapacity(ledger, all).providers['codex-cli'];
  assert.ok(row);
  return { row, ledger, all };
}

describe('a warning that an agent showed while it worked', () => {
  it('counts until its provider has answered again', () => {
    const before = aSample('codex-cli', { windows: [aWindow('weekly', 40, LATER)] });
    assert.equal(withWarning(before, warning(), NOW, HALF_HOUR)?.status, 'limit_reached');
    const since = { ...before, observed_at: '2026-11-23T01:59:30.000Z' };
    assert.equal(withWarning(since, warning(), NOW, HALF_HOUR)?.status, 'available');
  });

  it('does not change the figures of the provider', () => {
    const before = aSample('codex-cli', { windows: [aWindow('weekly', 40, LATER)] });
    const warned = withWarning(before, warning({ status: 'near_limit' }), NOW, HALF_HOUR);
    assert.deepEqual(
      [warned?.status, warned?.windows, warned?.confidence, warned?.warnings],
      ['near_limit', before.windows, 'official', ['You have hit your limit']],
    );
  });

  it('is all that is known if the provider cannot be asked', () => {
    const unknown = aSample('codex-cli', { status: 'unknown', observed_at: NOW.toISOString() });
    assert.equal(withWarning(unknown, warning(), NOW, HALF_HOUR)?.status, 'limit_reached');
    assert.equal(withWarning(null, warning(), NOW, HALF_HOUR)?.confidence, 'provider_warning');
  });

  it('ends with the reset that it named, or else after a while', () => {
    const windows = [aWindow('unknown', 100, '2026-11-23T01:59:30.000Z')];
    const named = warning({ windows, reset_at: '2026-11-23T01:59:30.000Z' });
    assert.equal(withWarning(null, named, NOW, HALF_HOUR), null);
    const old = warning({ observed_at: '2026-11-23T01:29:00.000Z' });
    assert.equal(withWarning(null, old, NOW, HALF_HOUR), null);
  });
});

describe('a warning about one model', () => {
  const fable = { ...aWindow('unknown', 100, LATER, 'Fable'), confidence: 'provider_warning' as const };
  const ofFable = warning({ status: 'near_limit', windows: [fable] });
  const model = (row: ReturnType<typeof current>['row']) => row.models.Fable;

  it('is of that model alone', () => {
    const { row } = current([aSample('codex-cli', { windows: [aWindow('weekly', 40, LATER)] }), ofFable]);
    assert.deepEqual([row.status, row.usable, row.next_available_at], ['available', true, null]);
    const { usable, unusable_reason, next_available_at } = model(row) ?? {};
    assert.deepEqual([usable, unusable_reason, next_available_at], [false, 'limit_reached', LATER]);
  });

  it('tells nothing of a plan that was never read', () => {
    const { row } = current([ofFable]);
    assert.deepEqual(
      [row.status, row.unusable_reason, model(row)?.usable],
      ['unknown', 'usage_unknown', false],
    );
  });

  it('leaves a used-up plan used up', () => {
    const spent = aSample('codex-cli', { status: 'limit_reached', windows: [aWindow('weekly', 100, LATER)] });
    assert.deepEqual(
      [current([spent, ofFable]).row.status, current([spent, ofFable]).row.usable],
      ['limit_reached', false],
    );
  });
});

describe('with the clock set back, newer', () => {
  it('is what came later in the log', () => {
    const ahead = (facts: Partial<UsageSample>) => ({ ...facts, observed_at: '2026-11-24T01:59:00.000Z' });
    const windows = [aWindow('weekly', 40, LATER)];
    const warned = warning(ahead({ windows: [aWindow('unknown', 100, LATER)] }));
    assert.equal(current([warned, aSample('codex-cli', { windows })]).row.status, 'available');
    const answered = aSample('codex-cli', ahead({ windows }));
    assert.equal(
      current([answered, warning({ windows: [aWindow('unknown', 100, LATER)] })]).row.status,
      'limit_reached',
    );
  });
});

describe('figures of another account', () => {
  const windows = [aWindow('weekly', 40, LATER)];
  const ofA = aSample('codex-cli', { windows, account: 'a' });

  it('are not shown as current', () => {
    const failed = aSample('codex-cli', { status: 'unknown', confidence: 'unknown', account: 'b' });
    const { row } = current([ofA, failed]);
    assert.deepEqual([row.status, row.windows], ['unknown', []]);
    const kept = { ...ofA, stale: true };
    const again = current([ofA, failed], { samples: [kept] }).row;
    assert.deepEqual([again.status, again.windows], ['unknown', []]);
    assert.match(again.warnings[0] ?? '', /another account/);
  });

  it('make room for those of the new one', () => {
    const { row } = current([ofA, { ...ofA, windows: [aWindow('weekly', 10, LATER)], account: 'b' }]);
    assert.deepEqual([row.windows[0]?.used_percent, row.windows[0]?.trend], [10, null]);
  });
});

describe('the current state of a provider', () => {
  it('is not installed if its program is gone, whatever it once answered', () => {
    const { row } = current([aSample('codex-cli')], { detected: [found('codex-cli', false)] });
    assert.deepEqual(
      [row.status, row.unusable_reason, row.installed],
      ['unavailable', 'not_installed', false],
    );
  });

  it('is signed in if it has answered since the last detection', () => {
    const detected = [found('codex-cli', true, 'unauthenticated')];
    assert.equal(current([aSample('codex-cli')], { detected }).row.auth_status, 'authenticated');
    assert.equal(current([], { detected }).row.unusable_reason, 'auth_unauthenticated');
  });

  it('has its pace from the samples of the ledger', () => {
    const at = (observed_at: string, used: number) =>
      aSample('codex-cli', { observed_at, windows: [aWindow('weekly', used, LATER)] });
    const { row, ledger, all } = current([
      at('2026-11-22T14:00:00.000Z', 40),
      at('2026-11-23T01:58:00.000Z', 68),
    ]);
    assert.equal(row.windows[0]?.trend?.samples, 2);
    assert.equal(capacityNow(ledger, all).providers['codex-cli']?.windows[0]?.trend, null);
  });

  it('is unknown before the first question, and says how to ask', () => {
    const { row } = current([]);
    assert.deepEqual([row.status, row.unusable_reason], ['unknown', 'usage_unknown']);
    assert.match(row.warnings.join(), /agentpool usage --provider codex-cli/);
  });
});

describe('a limit that was reached', () => {
  const old = '2026-11-22T02:00:00.000Z';
  const reached = (resets: string | null, observed_at: string) =>
    isInForce(
      current([
        aSample('codex-cli', {
          status: 'limit_reached',
          observed_at,
          windows: [aWindow('weekly', 100, resets)],
        }),
      ]).row,
      NOW,
    );

  it('holds until its reset, or else while the answer is fresh', () => {
    assert.equal(reached(LATER, old), true);
    assert.equal(reached(null, '2026-11-23T01:50:00.000Z'), true);
    assert.equal(reached(null, old), false);
    assert.equal(reached('2026-11-23T01:00:00.000Z', old), false);
  });

  it('holds while the provider refuses work, however old its answer is', () => {
    const refused = (until: string | null) => {
      const blocked = { reason: 'credits_depleted', until };
      return current([aSample('codex-cli', { status: 'limit_reached', observed_at: old, blocked })]).row;
    };
    assert.deepEqual([isInForce(refused(LATER), NOW), isInForce(refused(null), NOW)], [true, true]);
    assert.equal(isInForce(refused('2026-11-23T01:00:00.000Z'), NOW), false);
  });

  it('of one model does not hold the plan', () => {
    const windows = [aWindow('weekly', 40, LATER), aWindow('weekly', 100, LATER, 'Fable')];
    assert.equal(isInForce(current([aSample('codex-cli', { observed_at: old, windows })]).row, NOW), false);
  });

  it('holds if an agent has just warned of it, however old the figures are', () => {
    const figures = aSample('codex-cli', { observed_at: old, windows: [aWindow('weekly', 40, LATER)] });
    const windows = [{ ...aWindow('unknown', 100, null), confidence: 'provider_warning' as const }];
    const { row } = current([figures, warning({ windows })]);
    assert.deepEqual([row.status, isInForce(row, NOW)], ['limit_reached', true]);
  });
});
