import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usageFixture } from '../../../../fixtures/usage/read.ts';
import { answered, failed } from '../../../usage/testing/readings.ts';
import type { UsageAnswer } from '../../contract/limits/reading.ts';
import { parseClaudeCache } from './cache.ts';
import { parseClaudeGetUsage } from './get-usage.ts';
import { parseClaudeStatusline, parseClaudeStream } from './stream.ts';
import { parseClaudeUsageScreen, parseClaudeUsageText } from './usage-text.ts';

const used = (answer: UsageAnswer) => answer.windows.map((w) => [w.name, w.used_percent]);
const asked = (name: string) => parseClaudeGetUsage(usageFixture(`claude-get-usage-${name}.jsonl`));
const now = new Date('2026-11-23T02:00:00Z');

describe('claude get_usage', () => {
  it('gives the listed limits, with the model that a limit is for', () => {
    const fresh = answered(asked('fresh'));
    assert.deepEqual(used(fresh), [
      ['5h', 44],
      ['weekly', 21],
      ['weekly_fable', 71],
      ['weekly_sonnet', 2],
      ['on_demand_extra_usage', 25],
    ]);
    assert.deepEqual([fresh.plan, fresh.stale, fresh.status], ['max', false, 'available']);
    assert.equal(fresh.windows[0]?.reset_at, '2026-11-23T04:10:36.069Z');
    assert.equal(fresh.windows.at(-1)?.remaining_units, 30);
  });

  it('calls an answer stale that lacks the list, since it came from a cache', () => {
    const cached = answered(asked('cached'));
    assert.deepEqual(used(cached).slice(0, 4), [
      ['5h', 44],
      ['weekly', 21],
      ['weekly_sonnet', 2],
      ['weekly_fable', 71],
    ]);
    assert.equal(cached.stale, true);
  });

  it('takes a failed fetch, a missing plan and an old version for what they are', () => {
    assert.equal(failed(asked('not-fetched')).outcome, 'failed');
    assert.equal(failed(asked('signed-out')).outcome, 'unsupported');
    assert.equal(failed(asked('old-cli')).outcome, 'unsupported');
  });

  it('does not take a limit of an unknown scope for the limit of the plan', () => {
    const limits = [{ kind: 'monthly_design', percent: 100, resets_at: null, scope: null }];
    const line = {
      type: 'control_response',
      response: {
        subtype: 'success',
        request_id: 'u1',
        response: { rate_limits_available: true, rate_limits: { limits } },
      },
    };
    assert.equal(answered(parseClaudeGetUsage(JSON.stringify(line))).status, 'available');
  });
});

describe('claude /usage', () => {
  it('is read with its time zone and without a year', () => {
    const text = answered(parseClaudeUsageText(usageFixture('claude-usage-text.json'), now));
    assert.deepEqual(
      text.windows.map((w) => [w.name, w.used_percent, w.reset_at]),
      [
        ['5h', 44, '2026-11-23T04:10:00.000Z'],
        ['weekly', 21, '2026-11-26T13:30:00.000Z'],
        ['weekly_sonnet', 2, '2026-11-26T13:30:00.000Z'],
      ],
    );
  });

  it('knows the year at its turn, other zones, and a time without a date', () => {
    const reset = (words: string, at: string) =>
      answered(parseClaudeUsageScreen(`Current session: 5% used · resets ${words}`, new Date(at))).windows[0]
        ?.reset_at;
    assert.equal(reset('Jan 2, 9am (America/New_York)', '2026-12-30T00:00:00Z'), '2027-01-02T14:00:00.000Z');
    assert.equal(reset('Nov 23, 4:10am (Europe/Vienna)', '2026-11-23T02:00:00Z'), '2026-11-23T03:10:00.000Z');
    assert.equal(reset('1am (UTC)', '2026-11-22T23:00:00Z'), '2026-11-23T01:00:00.000Z');
    assert.equal(reset('1am (UTC)', '2026-11-23T01:01:00Z'), '2026-11-23T01:00:00.000Z');
    assert.equal(reset('in 2h 15m', '2026-11-23T01:00:00Z'), '2026-11-23T03:15:00.000Z');
    assert.equal(reset('soon (UTC)', '2026-11-23T02:00:00Z'), null);
    assert.equal(reset('Nov 23, 4am (Mars/Base)', '2026-11-23T02:00:00Z'), null);
  });

  it('is read from the screen of the TUI too, where a limit takes three lines', () => {
    const view = [
      '  Settings  Status   Config   Usage   Stats',
      '  Current session',
      '  ██████████████████████                             44% used',
      '  Resets 4:10am (UTC)',
      '',
      '  Current week (all models)',
      '  ██████████▌                                        21% used',
      '  Resets Nov 26, 1:30pm (UTC)',
      '  Current week (Sonnet only)',
      '                                                     0% used',
      '  Session',
      '  Usage:                  0 input, 0 output, 0 cache read, 0 cache write',
    ].join('\n');
    const windows = answered(parseClaudeUsageScreen(view, now)).windows;
    assert.deepEqual(
      windows.map((w) => [w.name, w.used_percent, w.reset_at]),
      [
        ['5h', 44, '2026-11-23T04:10:00.000Z'],
        ['weekly', 21, '2026-11-26T13:30:00.000Z'],
        ['weekly_sonnet', 0, null],
      ],
    );
  });

  it('is not used when it was taken for a prompt', () =>
    assert.equal(
      failed(parseClaudeUsageText('{"num_turns":1,"result":"Current session: 3% used"}', now)).outcome,
      'unsupported',
    ));

  it('says signed out only where Claude does', () =>
    assert.equal(
      failed(parseClaudeUsageText('{"num_turns":0,"result":"Not logged in · Please run /login"}', now))
        .outcome,
      'signed_out',
    ));
});

describe("claude's cache file", () => {
  it('gives its figures with the time at which they were fetched', () => {
    const cached = answered(parseClaudeCache(usageFixture('claude-config.json')));
    assert.deepEqual(
      [cached.observed_at, cached.stale, cached.windows[0]?.confidence],
      ['2026-11-23T02:00:00.000Z', true, 'local_config'],
    );
  });

  it('is not used when it is of another account', () => {
    const other = usageFixture('claude-config.json').replace('000000000001', '000000000009');
    assert.equal(failed(parseClaudeCache(other)).outcome, 'not_found');
  });
});

describe('a working claude', () => {
  it('tells its limits in rate_limit_event lines, of which the newest of each type count', () => {
    const stream = answered(parseClaudeStream(usageFixture('claude-stream.jsonl')));
    assert.deepEqual(used(stream), [
      ['5h', 93],
      ['weekly', 30],
    ]);
    assert.deepEqual([stream.status, stream.windows[0]?.confidence], ['near_limit', 'provider_warning']);
  });

  it('is at its limit when a request was rejected', () => {
    const line =
      '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","rateLimitType":"five_hour","resetsAt":1795406400}}';
    const stream = answered(parseClaudeStream(line));
    assert.deepEqual([stream.status, stream.windows[0]?.remaining_percent], ['limit_reached', 0]);
  });

  it('is paid by the use where it says so, or where the overage allows what the plan rejects', () => {
    const event = (info: object) =>
      answered(parseClaudeStream(JSON.stringify({ type: 'rate_limit_event', rate_limit_info: info }))).status;
    const five = { rateLimitType: 'five_hour', resetsAt: 1795406400 };
    assert.equal(event({ ...five, status: 'allowed', isUsingOverage: true }), 'overage_possible');
    assert.equal(event({ ...five, status: 'allowed', overageInUse: true }), 'overage_possible');
    assert.equal(event({ ...five, status: 'rejected', overageStatus: 'allowed' }), 'overage_possible');
    assert.equal(event({ status: 'allowed', rateLimitType: 'overage' }), 'overage_possible');
    assert.equal(event({ ...five, status: 'rejected', overageStatus: 'rejected' }), 'limit_reached');
    assert.equal(event({ ...five, status: 'allowed', overageStatus: 'allowed' }), 'available');
  });

  it('tells them to its status line too', () =>
    assert.deepEqual(used(answered(parseClaudeStatusline(usageFixture('claude-statusline.json')))), [
      ['5h', 44],
      ['weekly', 21],
    ]));
});
