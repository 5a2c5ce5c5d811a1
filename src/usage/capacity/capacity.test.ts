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
      why({ windows: [aWindow('weekly', 40, LATER)] }, policy({ min_remaining_percent: 61 })),
      'weekly_below_61_percent',
    );
  });

  it('while only one model has reached its limit, whatever the policy blocks', () => {
    const windows = [aWindow('weekly', 40, LATER), aWindow('weekly', 100, LATER, 'Fable')];
    assert.equal(why({ windows }), null);
    const strict = policy({ block_on_usage_statuses: ['near_limit', 'limit_reached'] });
    assert.equal(why({ windows, status: 'near_limit' }, strict), null);
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

  it('when a quota with a scope stops all work', () => {
    const chat = { ...aWindow('monthly', 100, LATER, 'chat'), binds_plan: true };
    const row = of(aSample('copilot-cli', { windows: [aWindow('monthly', 3, LATER), chat] }));
    assert.deepEqual([row.unusable_reason, row.next_available_at, row.models], ['limit_reached', LATER, {}]);
  });

  it('when the budget is spent that is its only limit', () => {
    const row = of(aSample('claude-code', { windows: [aWindow('on_demand', 100, LATER, 'extra usage')] }));
    assert.deepEqual([row.status, row.usable], ['limit_reached', false]);
  });

  it('when more than all was used', () => {
    const row = of(
      aSample('codex-cli', { windows: [aWindow('5h', 250, SOON), aWindow('weekly', 40, LATER)] }),
    );
    assert.deepEqual([row.status, row.usable, row.next_available_at], ['limit_reached', false, SOON]);
    assert.equal(row.windows[0]?.words, '5h 0 % left (250 % used), resets 05:00');
  });

  it('when the provider refuses work, in its own words and until the moment that it names', () => {
    const refused = (until: string | null) =>
      of(
        aSample('codex-cli', {
          windows: [aWindow('5h', 12, SOON), aWindow('5h', 100, SOON, 'Spark')],
          blocked: { reason: 'spend_control_reached', until },
        }),
      );
    const { status, unusable_reason, next_available_at } = refused(LATER);
    assert.deepEqual(
      [status, unusable_reason, next_available_at],
      ['limit_reached', 'spend_control_reached', LATER],
    );
    assert.equal(refused(null).next_available_at, null);
    assert.match(refused(null).summary, /^spend control reached; 5h 88 % left/);
    assert.equal(refused('2026-11-23T01:00:00.000Z').usable, true);
  });

  it('when the provider says no more than its windows, by the status of those', () => {
    const refused = (reason: string, until: string | null) => {
      const blocked = { reason, until };
      const row = of(aSample('codex-cli', { windows: [aWindow('5h', 100, SOON)], blocked }));
      return [row.unusable_reason, row.next_available_at];
    };
    assert.deepEqual(refused('rate_limit_reached', SOON), ['limit_reached', SOON]);
    assert.deepEqual(refused('spend_control_reached', LATER), ['spend_control_reached', LATER]);
    assert.deepEqual(refused('spend_control_reached', null), ['spend_control_reached', null]);
  });

  it('when its limit is reached and no window says so', () => {
    const row = of(aSample('codex-cli', { status: 'limit_reached', windows: [] }));
    assert.deepEqual(
      [row.unusable_reason, row.next_available_at, row.summary],
      ['limit_reached', null, 'limit reached'],
    );
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

  it('loses its percentage, blocks nothing, and says when it has reset', () => {
    const row = of(aSample('codex-cli', old));
    assert.deepEqual(
      [row.windows[0]?.remaining_percent, row.windows[0]?.expired, row.unusable_reason],
      [null, true, null],
    );
    assert.equal(row.windows[0]?.words, '5h reset 02:59, not checked since');
  });

  it('counts as usable, whether 99 % of it were used or all', () => {
    const verdict = (used: number, status: UsageSample['status']) => {
      const windows = [aWindow('5h', used, '2026-11-23T01:59:00.000Z'), aWindow('weekly', 40, LATER)];
      const { summary, ...row } = of(aSample('codex-cli', { status, windows }));
      return [row.status, row.usable, summary];
    };
    const right = [
      'available',
      true,
      '5h reset 02:59, not checked since; weekly 60 % left, resets Thu 14:30',
    ];
    assert.deepEqual([verdict(99, 'near_limit'), verdict(100, 'limit_reached')], [right, right]);
  });
});

describe('a model with a limit of its own', () => {
  const windows = [
    aWindow('5h', 20, SOON),
    aWindow('weekly', 40, LATER),
    aWindow('weekly', 100, '2026-11-25T00:00:00.000Z', 'Fable'),
    aWindow('weekly', 95, LATER, 'Opus'),
    { ...aWindow('5h', 1, SOON, 'Spark'), models: ['gpt-5-spark'] },
  ];
  const facts = (row: ReturnType<typeof of>) =>
    Object.entries(row.models).map(([name, { usable, unusable_reason, next_available_at, windows: own }]) => [
      name,
      usable,
      unusable_reason,
      next_available_at,
      own.map(({ name: window }) => window),
    ]);

  it('is listed with its verdict beside that of the plan', () => {
    const row = of(aSample('claude-code', { windows }));
    assert.deepEqual([row.usable, row.status], [true, 'available']);
    assert.deepEqual(facts(row), [
      ['Fable', false, 'limit_reached', '2026-11-25T00:00:00.000Z', ['weekly_fable']],
      ['Opus', false, 'weekly_opus_below_10_percent', LATER, ['weekly_opus']],
      ['gpt-5-spark', true, null, null, ['5h_spark']],
    ]);
  });

  it('is blocked by its plan too, and comes back with the last of both', () => {
    const row = of(aSample('claude-code', { windows: [aWindow('5h', 100, SOON), ...windows.slice(1)] }));
    assert.deepEqual(facts(row), [
      ['Fable', false, 'limit_reached', '2026-11-25T00:00:00.000Z', ['weekly_fable']],
      ['Opus', false, 'limit_reached', LATER, ['weekly_opus']],
      ['gpt-5-spark', false, 'limit_reached', SOON, ['5h_spark']],
    ]);
    const denied = of(aSample('claude-code', { windows }), policy({ denied_providers: ['claude-code'] }));
    assert.deepEqual(
      Object.values(denied.models).map((model) => [model.unusable_reason, model.next_available_at]),
      Object.values(denied.models).map(() => ['policy_denied', null]),
    );
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

  it('is the moment of the blocking windows alone, in whatever order they come', () => {
    const resets = fc.constantFrom(SOON, LATER, '2026-11-29T00:00:00.000Z', null);
    const window = fc
      .tuple(
        fc.constantFrom('5h' as const, 'weekly' as const, 'monthly' as const, 'on_demand' as const),
        fc.integer({ min: 0, max: 140 }),
        resets,
        fc.constantFrom(null, null, 'Fable'),
      )
      .map(([kind, used, reset, scope]) => aWindow(kind, used, reset, scope));
    fc.assert(
      fc.property(
        fc.array(window, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 30 }),
        (windows, least) => {
          const given = policy({ min_remaining_percent: least });
          const row = of(aSample('x', { windows }), given);
          const plan = windows.filter(({ kind, scope }) => kind !== 'on_demand' && scope === null);
          const blocking = plan.filter(
            ({ remaining_percent: left }) => left !== null && (left === 0 || left < least),
          );
          if (plan.length > 0) {
            const latest =
              blocking
                .map(({ reset_at }) => reset_at)
                .toSorted()
                .at(-1) ?? null;
            const isKnown = blocking.every(({ reset_at }) => reset_at !== null);
            assert.equal(row.usable, blocking.length === 0);
            assert.equal(row.next_available_at, isKnown ? latest : null);
          }
          const other = of(aSample('x', { windows: windows.toReversed() }), given);
          for (const key of ['status', 'usable', 'next_available_at'] as const)
            assert.equal(other[key], row[key]);
          for (const [name, model] of Object.entries(row.models))
            assert.equal(other.models[name]?.next_available_at, model.next_available_at);
        },
      ),
    );
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

  it('has no negative age, and takes figures from the future for as old as the clock was set back', () => {
    const ahead = (observed_at: string) => {
      const { age_seconds, stale } = of(aSample('x', { observed_at }));
      return [age_seconds, stale];
    };
    assert.deepEqual(ahead('2026-11-23T02:00:02.000Z'), [2, false]);
    assert.deepEqual(ahead('2026-11-25T02:00:00.000Z'), [172_800, true]);
  });

  it('says why the last question brought no figures', () => {
    const tried = [
      { source: 'a', outcome: 'not_found' as const, reason: 'not there', retry_at: null, took_ms: 1 },
      { source: 'b', outcome: 'timed_out' as const, reason: 'no answer', retry_at: null, took_ms: 1 },
    ];
    const kept = { tried, checked_at: NOW.toISOString(), observed_at: '2026-11-23T01:50:00.000Z' };
    assert.equal(of(aSample('x', kept)).refresh_failed, 'no answer');
    assert.equal(of(aSample('x', { ...kept, observed_at: NOW.toISOString() })).refresh_failed, null);
    assert.equal(of(aSample('x', { ...kept, tried: tried.slice(0, 1) })).refresh_failed, null);
    const justNow = { ...kept, observed_at: '2026-11-23T01:59:58.000Z' };
    assert.equal(of(aSample('x', { ...justNow, stale: true })).refresh_failed, 'no answer');
    assert.equal(of(aSample('x', justNow)).refresh_failed, null);
  });

  it('shows how often a limit can be reset at once, and until when', () => {
    const raw = { reset_credits: 2, reset_credits_expire_at: [LATER, null] };
    assert.deepEqual(of(aSample('x', { raw })).reset_credits, { count: 2, expires_at: LATER });
    assert.equal(of(aSample('x')).reset_credits, null);
  });

  it('takes the names of a policy for a provider or for one of its accounts', () => {
    const why = (key: string, rules: object) =>
      of(aSample(key), { policy: { ...POLICY, ...rules } }).unusable_reason;
    assert.equal(why('claude-code@work', { denied_providers: ['claude-code'] }), 'policy_denied');
    assert.equal(why('claude-code@work', { allowed_providers: ['claude-code'] }), null);
    assert.equal(why('claude-code', { denied_providers: ['claude-code@work'] }), null);
    assert.equal(why('claude-code', { allowed_providers: ['claude-code@work'] }), 'policy_not_allowed');
    assert.equal(why('claude-code', { denied_providers: ['claude-code@default'] }), 'policy_denied');
  });

  it('counts no fakes unless it is asked to', () => {
    const given = { samples: [aSample('fake-idle'), aSample('codex-cli')], policy: POLICY, now: NOW };
    assert.deepEqual(
      [capacity(given).counts.total, capacity({ ...given, includeFakes: true }).counts.total],
      [1, 2],
    );
    assert.ok(capacity(given).providers['fake-idle']);
  });

  it('counts its age from the time of the figures', () =>
    assert.equal(
      of(aSample('x', { observed_at: '2026-11-23T01:50:00.000Z', checked_at: NOW.toISOString() }))
        .age_seconds,
      600,
    ));
});
