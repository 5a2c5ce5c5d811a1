import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Day } from '../../workers/queries/stats/parallelism.ts';
import type { Stats } from '../../workers/queries/stats/shape.ts';
import { cardSvg, columnsOf } from './card.ts';

const day = (index: number, worker_hours: number): Day => ({
  day: new Date(Date.UTC(2026, 2, 1 + index)).toISOString().slice(0, 10),
  spawned: 1,
  worker_hours,
  peak_concurrent: 1,
});

/** Statistics in which each provider has the given hours of work. */
function statsOf(worked: Record<string, number>, changes: Partial<Stats> = {}): Stats {
  const providers = Object.entries(worked);
  const hours = providers.reduce((sum, [, each]) => sum + each, 0);
  return {
    schema_version: 'stats/v1',
    generated_at: '2026-03-08T12:00:00.000Z',
    source: 'ledger',
    scope: 'all',
    filters: { provider_id: null },
    window: {
      spec: '7d',
      label: 'last 7 days',
      start: new Date(2026, 2, 1, 12).toISOString(),
      end: new Date(2026, 2, 8, 12).toISOString(),
      time_zone: 'UTC',
    },
    sessions: {
      total: 12_345,
      spawned: 12_345,
      terminated: 0,
      interrupted: 0,
      timed_out: 0,
      went_on: { continued: 0, resumed: 0, handed_over: 0 },
      by_provider: Object.fromEntries(providers.map(([id]) => [id, 1])),
      by_role: {},
      by_state: {},
    },
    parallelism: {
      wall_clock_hours: 1,
      sum_worker_hours: hours,
      ratio: 3.2,
      peak_concurrent: 7,
      peak_at: null,
    },
    walls: { definition: '', confidence: 'recorded', hit: 0, continued: 0, avoided: 1, by_provider: {} },
    utilization: {
      method: '',
      subscription_utilization: 0,
      by_provider: Object.fromEntries(
        providers.map(([id, worker_hours]) => [id, { worker_hours, busy_share: 0, peak_concurrent: 1 }]),
      ),
    },
    days: Array.from({ length: 8 }, (_, index) => day(index, index)),
    data_quality: [],
    suggested_next: [],
    ...changes,
  };
}

/** The texts of the picture, in document order. */
const said = (stats: Stats) =>
  [...cardSvg(stats).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe('the card', () => {
  it('shows the tokens of the workers if they are known', () => {
    const totals = { input: 31_400_000, cache_read: 30_000_000, output: 240_300, usd: 12 };
    const tokens = { totals, by_provider: {}, providers_without_token_data: [] };
    assert.ok(said(statsOf({ 'codex-cli': 3 }, { tokens })).includes('31M tokens in, 240k out'));
    assert.ok(!said(statsOf({ 'codex-cli': 3 })).some((text) => text?.includes('tokens')));
  });

  it('shows workers, the peak, the hours and the avoided limits in large figures', () => {
    const texts = said(statsOf({ 'codex-cli': 1234.4, 'claude-code': 300 }));
    assert.deepEqual(texts.slice(0, 11), [
      'AgentPool',
      'Last 7 days',
      '1 Mar – 8 Mar 2026',
      '12,345',
      'workers',
      '7',
      'in parallel at peak',
      '1,534 h',
      'of agent work',
      '1',
      'limit avoided',
    ]);
  });

  it('does not mention avoided limits if capacity was never recorded', () => {
    const walls = {
      definition: '',
      confidence: 'none' as const,
      hit: 0,
      continued: 0,
      avoided: 0,
      by_provider: {},
    };
    const texts = said(statsOf({ a: 1 }, { walls }));
    assert.ok(texts.includes('3.2×') && texts.includes('side by side'));
    assert.ok(!texts.some((text) => text?.includes('avoided')));
  });

  it('has a bar per provider, the busiest first, and one for those that do not fit', () => {
    const few = said(statsOf({ 'codex-cli': 2, 'claude-code': 30 }));
    assert.deepEqual(few.slice(12, 16), ['claude-code', '30.0 h', 'codex-cli', '2.0 h']);
    const many = said(
      statsOf(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`agent-${n}`, 9 - n]))),
    );
    assert.deepEqual(many.slice(20, 24), ['agent-4', '5.0 h', '4 more', '10.0 h']);
  });

  it('cannot be broken by the name of a provider', () => {
    const svg = cardSvg(statsOf({ '<b>&"\u0007': 1, 'a-provider-with-a-very-long-name': 1 }));
    assert.ok(svg.includes('&lt;b&gt;&amp;&quot; '));
    assert.ok(svg.includes('a-provider-wit…'));
  });

  it('names the first and the last day, and the hours of the busiest one', () => {
    const texts = said(statsOf({ a: 1 }));
    assert.deepEqual(texts.slice(-4), ['Day by day', '7.0 h', '1 Mar', '8 Mar']);
  });

  it('can be drawn without any work', () => {
    const texts = said(statsOf({}, { days: [] }));
    assert.equal(texts.at(-1), 'No worker was at work in this time');
  });
});

describe('the columns of the strip', () => {
  const days = (count: number) => Array.from({ length: count }, (_, index) => day(index, 1));

  it('are days, or weeks of which the newest is complete', () => {
    assert.equal(columnsOf(days(45)).unit, 'day');
    const { unit, columns } = columnsOf(days(50));
    assert.equal(unit, 'week');
    assert.deepEqual(
      columns.map(({ worked }) => worked),
      [1, 7, 7, 7, 7, 7, 7, 7],
    );
    assert.deepEqual([columns.at(-1)?.from, columns.at(-1)?.until], ['2026-04-13', '2026-04-19']);
  });

  it('are never more than fit', () => {
    assert.equal(columnsOf(days(4000)).columns.length, 104);
    assert.deepEqual(columnsOf([]).columns, []);
  });
});
