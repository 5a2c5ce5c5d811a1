import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aSample, aWindow, NOW, POLICY } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { type CapacityGiven, capacity } from './capacity.ts';

const SOON = '2026-11-23T04:00:00.000Z';
const LATER = '2026-11-26T13:30:00.000Z';
const timeZone = 'Europe/Vienna';

const of = (sample: UsageSample, given: Partial<CapacityGiven> = {}) => {
  const row = capacity({ samples: [sample], policy: POLICY, now: NOW, timeZone, ...given }).providers[
    sample.provider_id
  ];
  assert.ok(row);
  return row;
};
const why = (facts: Partial<UsageSample>, given: Partial<CapacityGiven> = {}) =>
  of(aSample('codex-cli', facts), given).unusable_reason;
const policy = (changes: Partial<typeof POLICY>) => ({ policy: { ...POLICY, ...changes } });
const known = (installed: boolean, auth_status: string) => ({
  known: { 'codex-cli': { installed, auth_status } },
});

describe('a provider is usable', () => {
  it('while every window has the share left that the policy requires', () => {
    assert.equal(why({ windows: [aWindow('5h', 90, SOON), aWindow('weekly', 40, LATER)] }), null);
    assert.equal(
      why({ windows: [aWindow('5h', 40, SOON), aWindow('weekly', 91, LATER)] }),
      'weekly_below_10_percent',
    );
    assert.equal(
      why({ windows: [aWindow('weekly', 40, LATER), aWindow('weekly', 95, LATER, 'Fable')] }),
      'weekly_fable_below_10_percent',
    );
    assert.equal(
      why({ windows: [aWindow('weekly', 40, LATER)] }, policy({ min_remaining_percent: 61 })),
      'weekly_below_61_percent',
    );
  });

  it('when it reports no limits', () => assert.equal(why({ windows: [] }), null));

  it('whatever was spent beyond the plan', () =>
    assert.equal(why({ windows: [aWindow('on_demand', 99, null, 'extra usage')] }), null));
});

describe('a provider is not usable, and says why,', () => {
  it('when it is not installed', () => {
    assert.equal(why({ status: 'unavailable' }), 'not_installed');
    assert.equal(why({}, known(false, 'unknown')), 'not_installed');
  });

  it('when it is signed out', () => {
    assert.equal(why({ status: 'unauthenticated' }), 'auth_unauthenticated');
    assert.equal(why({}, known(true, 'unauthenticated')), 'auth_unauthenticated');
    assert.equal(why({}, known(true, 'authenticated')), null);
  });

  it('when the policy blocks its status, and always at its limit', () => {
    assert.equal(why({ status: 'overage_possible' }), 'overage_possible');
    assert.equal(why({ status: 'limit_reached' }, policy({ block_on_usage_statuses: [] })), 'limit_reached');
    assert.equal(why({ status: 'overage_possible' }, policy({ block_on_usage_statuses: [] })), null);
  });

  it('when nothing is known, and when the figures are only observed or too old', () => {
    assert.equal(why({ status: 'unknown' }), 'usage_unknown');
    assert.equal(why({ confidence: 'observed' }), 'confidence_observed');
    assert.equal(why({ observed_at: '2026-11-23T01:29:00.000Z' }), 'usage_stale');
  });

  it('when the policy denies it, or allows only others', () => {
    assert.equal(why({}, policy({ denied_providers: ['codex-cli'] })), 'policy_denied');
    assert.equal(why({}, policy({ allowed_providers: ['claude-code'] })), 'policy_not_allowed');
  });
});

describe('a window whose reset has passed', () => {
  const old = {
    windows: [aWindow('5h', 95, '2026-11-23T01:59:00.000Z'), aWindow('weekly', 40, LATER)],
    status: 'near_limit' as const,
  };

  it('loses its percentage and blocks nothing', () => {
    const row = of(aSample('codex-cli', old));
    assert.deepEqual(
      [row.windows[0]?.remaining_percent, row.windows[0]?.expired, row.unusable_reason],
      [null, true, null],
    );
    assert.equal(row.windows[0]?.words, '5h has reset');
  });
});

describe('the next provider to come back', () => {
  const samples = [
    aSample('a', {
      status: 'limit_reached',
      windows: [aWindow('5h', 100, SOON), aWindow('weekly', 96, LATER)],
    }),
    aSample('b', { status: 'limit_reached', windows: [aWindow('monthly', 100, '2026-11-25T00:00:00.000Z')] }),
    aSample('c', { status: 'unauthenticated', windows: [aWindow('5h', 100, SOON)] }),
    aSample('d', { windows: [aWindow('5h', 20, SOON)] }),
  ];
  const all = capacity({ samples, policy: POLICY, now: NOW });

  it('is the first one whose low windows have all reset', () => {
    assert.deepEqual([all.next_available_provider, all.next_available_at], ['b', '2026-11-25T00:00:00.000Z']);
    assert.equal(all.providers.a?.next_available_at, LATER);
  });

  it('is not one that waiting does not help, nor one that is usable', () =>
    assert.deepEqual([all.providers.c?.next_available_at, all.providers.d?.next_available_at], [null, null]));
});

describe('the whole answer', () => {
  it('counts every provider once, and its keys are in the order of their names', () => {
    const statuses = [
      'available',
      'near_limit',
      'limit_reached',
      'unknown',
      'unavailable',
      'unauthenticated',
    ] as const;
    const samples = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), fc.constantFrom(...statuses)),
      { selector: ([id]) => id },
    );
    fc.assert(
      fc.property(samples, (given) => {
        const built = given.map(([id, status]) => aSample(id, { status }));
        const { counts, providers } = capacity({ samples: built, policy: POLICY, now: NOW });
        assert.equal(counts.usable + counts.unusable, given.length);
        assert.deepEqual(Object.keys(providers), given.map(([id]) => id).sort());
        assert.deepEqual(
          capacity({ samples: built.toReversed(), policy: POLICY, now: NOW }).providers,
          providers,
        );
      }),
    );
  });

  it('says in words what is left, when it resets and when it is used up at this pace', () => {
    const at = (observed_at: string, used: number) =>
      aSample('codex-cli', { observed_at, windows: [aWindow('weekly', used, LATER)] });
    const history = { 'codex-cli': [at('2026-11-22T14:00:00.000Z', 40)] };
    const row = of(at('2026-11-23T01:58:00.000Z', 68), { history });
    assert.equal(row.summary, 'weekly 32 % left, resets Thu 14:30, used up 16:38 at this pace');
    assert.equal(row.windows[0]?.trend?.samples, 2);
  });

  it('counts its age from the time of the figures', () =>
    assert.equal(
      of(aSample('x', { observed_at: '2026-11-23T01:50:00.000Z', checked_at: NOW.toISOString() }))
        .age_seconds,
      600,
    ));
});
