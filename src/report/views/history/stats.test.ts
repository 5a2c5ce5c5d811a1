import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import stringWidth from 'string-width';
import type { Stats } from '../../../workers/queries/stats/shape.ts';
import { bar, hours, statsLines } from './stats.ts';

const worked = [9, 0, 3, 0.01, 1000, 6, 2];

const reported = (changes: Partial<Stats> = {}): Stats => ({
  schema_version: 'stats/v1',
  generated_at: '2026-03-08T12:00:00.000Z',
  source: 'ledger',
  scope: 'mine',
  filters: { provider_id: null },
  window: {
    spec: '7d',
    label: 'last 7 days',
    start: '2026-03-01T12:00:00.000Z',
    end: '2026-03-08T12:00:00.000Z',
    time_zone: 'America/Argentina/ComodRivadavia',
  },
  sessions: {
    total: 123_456,
    spawned: 120_000,
    terminated: 7,
    interrupted: 1,
    timed_out: 0,
    went_on: { continued: 0, resumed: 0, handed_over: 1 },
    by_provider: { 'codex-cli': 100_000, [`a-${'very-'.repeat(12)}long-name`]: 23_456 },
    by_role: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`role-${index}`, index])),
    by_state: { AWAITING_USER_INPUT: 100_000, COMPLETED: 23_456 },
  },
  parallelism: {
    wall_clock_hours: 40,
    sum_worker_hours: 99_999.5,
    ratio: 2500,
    peak_concurrent: 4000,
    peak_at: null,
  },
  walls: {
    definition: '',
    confidence: 'recorded',
    hit: 1,
    continued: 0,
    avoided: 2,
    by_provider: { 'codex-cli': { hit: 1, avoided: 0 }, 'claude-code': { hit: 0, avoided: 2 } },
  },
  quota: {
    'codex-cli': {
      limit: 'weekly',
      samples: 12_000,
      min_in_window: 0,
      max_in_window: 100,
      current_remaining_percent: null,
    },
  },
  utilization: {
    method: '',
    subscription_utilization: 0.5,
    by_provider: { 'codex-cli': { worker_hours: 99_999, busy_share: 1, peak_concurrent: 9 } },
  },
  days: worked.map((worker_hours, index) => ({
    day: `2026-03-0${index + 1}`,
    spawned: 1,
    worker_hours,
    peak_concurrent: 2,
  })),
  data_quality: [
    {
      code: 'no_token_data',
      impact: 'tokens',
      note: 'No tokens \u001b[31mare known.',
      providers: ['codex-cli'],
    },
  ],
  suggested_next: ['agentpool sessions --recent 10'],
  ...changes,
});

const lines = (changes?: Partial<Stats>) => statsLines(reported(changes), new PassThrough());

describe('statistics for a person', () => {
  it('fit 80 columns whatever the figures are', () => {
    const all = lines();
    for (const line of all) assert.ok(stringWidth(line) <= 80, `${stringWidth(line)}: ${line}`);
    for (const head of ['PROVIDERS', 'DAYS', 'OUTCOMES', 'WALLS', 'QUOTA LEFT', 'next'])
      assert.ok(
        all.some((line) => line.startsWith(head)),
        head,
      );
  });

  it('align figures in columns', () => {
    const [first, second] = lines().filter((line) => / \d+ {2}/.test(line) && /█|▏/.test(line));
    assert.ok(first && second);
    assert.equal(first.indexOf('100000') + 6, second.indexOf('23456') + 5);
  });

  it('show a day without work as a dot, and the least work as a line', () => {
    const all = lines();
    const days = all.slice(all.indexOf('DAYS') + 1);
    assert.equal(days[2], '▁▁▁▁ ···· ▁▁▁▁ ▁▁▁▁ ████ ▁▁▁▁ ▁▁▁▁');
    assert.equal(days[3], `03-01${' '.repeat(24)}03-07`);
    assert.equal(days[4], 'most on 2026-03-05: 1000 h, 1 new worker, 2 at once; 1 day without work');
  });

  it('remove control characters', () => {
    assert.doesNotMatch(lines().join('\n'), /\u001b/);
  });

  it('leave out sections that were not requested', () => {
    const { sessions: _, utilization: __, days: ___, ...rest } = reported();
    const text = statsLines(rest, new PassThrough()).join('\n');
    assert.doesNotMatch(text, /PROVIDERS|DAYS|OUTCOMES/);
    assert.match(text, /WALLS/);
  });
});

describe('a bar', () => {
  it('has a resolution of an eighth of a cell, and shows any share above zero', () => {
    assert.deepEqual(
      [bar(0, 4), bar(0.0001, 4), bar(0.5, 4), bar(0.53, 4), bar(1, 4)],
      ['', '▏', '██', '██▏', '████'],
    );
  });
});

describe('hours', () => {
  it('are minutes below one, and have a tenth below a hundred', () => {
    assert.deepEqual([0, 0.2, 3.44, 1534.4].map(hours), ['0 min', '12 min', '3.4 h', '1534 h']);
  });
});
