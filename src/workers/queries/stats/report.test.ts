import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UsageWindow } from '../../../events/catalogue/usage.ts';
import type { Workers } from '../../../projections/stats/queries.ts';
import type { KnownUsage } from '../../../projections/usage/queries.ts';
import { NONE, type Tokens } from '../../../usage/tokens/sums.ts';
import { type StatsGiven, statsOf } from './report.ts';
import { type Section, sections } from './shape.ts';

const HOUR = 3_600_000;
const start = new Date(2026, 2, 4, 8).getTime();
const at = (hour: number) => start + hour * HOUR;

const worker = (from: number, to: number | null, changes: Partial<Workers> = {}): Workers => ({
  provider_id: 'codex-cli',
  account: null,
  role: 'explorer',
  state: to === null ? 'RUNNING' : 'COMPLETED',
  walls: [],
  count: 1,
  spawned: from < 0 ? 0 : 1,
  interrupted: 0,
  timed_out: 0,
  terminated: 0,
  hit_wall: 0,
  continued: 0,
  resumed: 0,
  handed_over: 0,
  starts: [at(from)],
  ends: [to === null ? null : at(to)],
  ...changes,
});

const statistics = (
  workers: Workers[],
  changes: Partial<StatsGiven> = {},
  wanted: readonly Section[] = sections,
) =>
  statsOf(
    {
      now: new Date(at(10)),
      window: { spec: '10h', label: 'last 10 hours', start: at(0), end: at(10) },
      first: at(-100),
      machines: null,
      workers,
      usage: [],
      limits: new Map(),
      tokens: { by_provider: new Map(), missing: null },
      scope: 'all',
      provider: null,
      timeZone: 'UTC',
      fakes: 0,
      ...changes,
    },
    new Set(wanted),
  );

describe('the statistics of a window', () => {
  it('count the workers by provider, role and state, the most frequent first', () => {
    const { sessions } = statistics([
      worker(0, 1),
      worker(1, 2, { provider_id: 'claude-code', role: 'tester', terminated: 1, handed_over: 1 }),
      worker(2, 3, { state: 'FAILED', provider_id: 'claude-code', timed_out: 1 }),
      worker(-1, 1, { provider_id: 'claude-code', interrupted: 1 }),
    ]);
    assert.deepEqual(sessions, {
      total: 4,
      spawned: 3,
      terminated: 1,
      interrupted: 1,
      timed_out: 1,
      went_on: { continued: 0, resumed: 0, handed_over: 1 },
      by_provider: { 'claude-code': 3, 'codex-cli': 1 },
      by_role: { explorer: 3, tester: 1 },
      by_state: { COMPLETED: 3, FAILED: 1 },
    });
    assert.deepEqual(Object.keys(sessions?.by_provider ?? {}), ['claude-code', 'codex-cli']);
  });

  it('clip work at its borders, and count unfinished work until now', () => {
    const { parallelism, utilization } = statistics([worker(-5, 2), worker(1, null)], {
      now: new Date(at(4)),
    });
    assert.deepEqual(parallelism, {
      wall_clock_hours: 4,
      sum_worker_hours: 5,
      ratio: 1.25,
      peak_concurrent: 2,
      peak_at: new Date(at(1)).toISOString(),
    });
    assert.equal(utilization?.subscription_utilization, 1);
  });

  it('show how much of the time each provider was in use', () => {
    const { utilization } = statistics([
      worker(0, 5),
      worker(2, 4),
      worker(9, 10, { provider_id: 'claude-code' }),
    ]);
    assert.deepEqual(utilization?.by_provider, {
      'claude-code': { worker_hours: 1, busy_share: 0.1, peak_concurrent: 1 },
      'codex-cli': { worker_hours: 7, busy_share: 0.5, peak_concurrent: 2 },
    });
    assert.equal(utilization?.subscription_utilization, 0.3);
  });

  it('count a limit as avoided where it refused the first choice of a spawn', () => {
    const { walls } = statistics([
      worker(0, 1, { walls: ['claude-code'] }),
      worker(1, 2, { hit_wall: 1 }),
      worker(1, 3, { walls: ['codex-cli'] }),
      worker(-1, 2, { walls: ['claude-code'] }),
    ]);
    assert.deepEqual(walls && { ...walls, definition: '' }, {
      definition: '',
      confidence: 'recorded',
      hit: 1,
      continued: 0,
      avoided: 2,
      by_provider: {
        'claude-code': { hit: 0, avoided: 1 },
        // Another model of the same provider was chosen.
        'codex-cli': { hit: 1, avoided: 1 },
      },
    });
  });

  it('report spawns whose first choice was not recorded', () => {
    const { walls, data_quality } = statistics([worker(0, 1, { walls: null }), worker(1, 2)]);
    assert.equal(walls?.confidence, 'partial');
    const reported_ = data_quality.find(({ code }) => code === 'no_capacity_at_spawn');
    assert.deepEqual(reported_?.providers, ['codex-cli']);
    assert.match(reported_?.note ?? '', /^1 of the spawns /);
  });

  it('show the limit that had the least left, but not one of a single model', () => {
    const limit = (name: string, remaining_percent: number, changes: Partial<UsageWindow> = {}) =>
      ({ name, remaining_percent, scope: null, reset_at: null, ...changes }) as UsageWindow;
    const windows = [
      limit('5h', 60, { reset_at: new Date(at(9)).toISOString() }),
      limit('weekly', 72),
      limit('weekly_opus', 1, { scope: 'opus' }),
    ];
    const usage = [{ provider_id: 'codex-cli', good: { windows } }] as unknown as KnownUsage[];
    const limits = new Map([
      [
        'codex-cli',
        [
          { name: '5h', samples: 40, min: 12.34, max: 100 },
          { name: 'weekly', samples: 30, min: 70, max: 90 },
          { name: 'weekly_opus', samples: 30, min: 1, max: 5 },
        ],
      ],
    ]);
    const { quota, data_quality } = statistics([worker(0, 1)], { usage, limits });
    assert.deepEqual(quota, {
      'codex-cli': {
        limit: '5h',
        samples: 40,
        min_in_window: 12.3,
        max_in_window: 100,
        // The five hours have passed: what is left of them is not known any more.
        current_remaining_percent: 72,
      },
    });
    assert.ok(!data_quality.some(({ code }) => code === 'no_usage_samples'));
  });

  it('report which providers were never sampled, and that no tokens are known', () => {
    const { data_quality, quota, tokens } = statistics([worker(0, 1)]);
    assert.deepEqual(
      data_quality.map(({ code, providers }) => [code, providers]),
      [
        ['no_usage_samples', ['codex-cli']],
        ['no_token_data', ['codex-cli']],
      ],
    );
    assert.equal(quota?.['codex-cli']?.samples, 0);
    assert.deepEqual(tokens?.providers_without_token_data, ['codex-cli']);
  });

  it('say how many workers of fakes they leave out', () => {
    const { data_quality } = statistics([worker(0, 1)], { fakes: 2 });
    assert.match(
      data_quality.find(({ code }) => code === 'fakes_left_out')?.note ?? '',
      /^2 workers of fake agents/,
    );
  });

  it('show the tokens of the workers, and what the figures lack', () => {
    const used = { ...NONE, answers: 3, input: 1000, cache_read: 800, output: 50, usd: 0.012345 };
    const by_provider = new Map<string, Tokens>([
      ['codex-cli', used],
      ['droid-cli', { ...used, usd: null, unpriced_answers: 2 }],
    ]);
    const workers = [worker(0, 1), worker(0, 1, { provider_id: 'fake-idle' })];
    const { tokens, data_quality } = statistics(workers, { tokens: { by_provider, missing: 'time' } });
    assert.deepEqual(tokens?.totals, { input: 2000, cache_read: 1600, output: 100, usd: 0.0123 });
    assert.deepEqual(tokens?.by_provider['droid-cli']?.usd, null);
    assert.deepEqual(tokens?.providers_without_token_data, ['fake-idle']);
    assert.deepEqual(
      data_quality
        .filter(({ impact }) => impact.startsWith('tokens'))
        .map(({ code, providers }) => [code, providers]),
      [
        ['tokens_incomplete', []],
        ['no_token_data', ['fake-idle']],
        ['unpriced_tokens', ['droid-cli']],
      ],
    );
  });

  it('contain only the requested sections, and the caveats for these', () => {
    const { data_quality, ...stats } = statistics([worker(0, 1)], {}, ['walls', 'days']);
    const known = sections.filter((name) => name in stats);
    assert.deepEqual(known, ['walls', 'days']);
    assert.deepEqual(data_quality, []);
  });

  it('list days from the first worker on, and none before it', () => {
    const window = { spec: '9999d', label: '', start: at(-24 * 9999), end: at(10) };
    const { days } = statistics([worker(-30, -29), worker(0, 1)], { window, first: at(-30) });
    assert.deepEqual(
      days?.map(({ day, spawned }) => [day, spawned]),
      [
        ['2026-03-03', 1],
        ['2026-03-04', 1],
      ],
    );
    assert.deepEqual(statistics([], { first: null }).days, []);
  });
});
