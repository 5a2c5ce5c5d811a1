import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { aSample, aWindow, NOW, POLICY } from '../../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../../agents/contract/limits/sample.ts';
import { capacity } from '../../../usage/capacity/capacity.ts';
import { moment } from '../../../usage/capacity/window-words.ts';
import { usedBar } from './limit-bar.ts';
import { capacityRows, renderCapacity } from './limits.ts';

const timeZone = 'Europe/Vienna';
const render = (samples: UsageSample[], columns: number, color = false) =>
  renderCapacity(capacity({ samples, policy: POLICY, now: NOW, timeZone }), {
    columns,
    now: NOW,
    timeZone,
    color,
  });

const SOON = '2026-11-23T04:00:00.000Z';
const LATER = '2026-11-26T13:30:00.000Z';
const samples = [
  aSample('codex-cli', { windows: [aWindow('5h', 41, SOON), aWindow('weekly', 68, LATER)] }),
  aSample('claude-code', {
    confidence: 'local_cli',
    windows: [aWindow('5h', 95, SOON), aWindow('weekly', 21, LATER)],
  }),
  aSample('copilot-cli', { status: 'unavailable' }),
  aSample('cursor-cli', {
    status: 'unknown',
    warnings: ['cursor-period-usage: off by default: set AGENTPOOL_CURSOR_USAGE=1'],
  }),
  aSample('devin-cli', { status: 'unavailable' }),
  aSample('fake-idle', { confidence: 'local_config', source: 'fake' }),
];

describe('the limits, for people', () => {
  it('say who can be used, then have a block per provider in 80 columns', () =>
    assert.equal(
      render(samples, 80),
      [
        '● USABLE NOW   codex-cli',
        '○ NOT NOW      claude-code  5-hour limit below 10 %, back at 05:00 (in 2 h)',
        '               cursor-cli   limits not known: cursor-period-usage: off by',
        '                            default: set AGENTPOOL_CURSOR_USAGE=1',
        '',
        'claude-code                                                    checked 2 min ago',
        '  5 hours     ████████████│██████░   95 %   gone 03:10          back 05:00',
        '  week        ████░░░░░░│░░░░░░░░░   21 %   lasts               resets Thu 14:30',
        '',
        'codex-cli                                                      checked 2 min ago',
        '  5 hours     ████████░░░░│░░░░░░░   41 %   lasts               resets 05:00',
        '  week        ██████████│███░░░░░░   68 %   gone Tue about 18   resets Thu 14:30',
        '',
        '○ not installed: copilot-cli, devin-cli',
        '',
        '█ used   │ where time is          ask again: agentpool usage-summary --refresh',
      ].join('\n'),
    ));

  it('say more where there is room', () => {
    const lines = render(samples, 120).split('\n');
    const line = (start: string) => lines.find((each) => each.startsWith(start)) ?? '';
    assert.match(line('codex-cli'), /^codex-cli +checked 2 min ago by codex-app-server$/);
    assert.match(line('  week'), /^ {2}week {10}[█░│]{36} {3}21 % {3}lasts +resets Thu 14:30, in 3 d$/);
  });

  it('show the pace of the samples when they have one', () => {
    const sample = aSample('codex-cli', { windows: [aWindow('5h', 62, SOON)] });
    const earlier = [30, 46].map((used, index) => ({
      observed_at: index === 0 ? '2026-11-23T00:58:00.000Z' : '2026-11-23T01:28:00.000Z',
      windows: [aWindow('5h', used, SOON)],
    }));
    const history = { 'codex-cli': earlier };
    const given = { samples: [sample], policy: POLICY, now: NOW, timeZone, history };
    assert.match(
      renderCapacity(capacity(given), { columns: 80, now: NOW, timeZone, color: false }),
      /^ {2}5 hours {5}[█░│]{20} {3}62 % {3}gone 04:10 {10}resets 05:00$/m,
    );
  });

  const line = (sample: UsageSample, start: string, columns = 80) =>
    render([sample], columns)
      .split('\n')
      .find((each) => each.trim().startsWith(start)) ?? '';

  it('show a limit that was exceeded, and the models that a limit is for', () => {
    const windows = [
      aWindow('5h', 137, SOON),
      aWindow('weekly', 100, LATER, 'Fable'),
      { ...aWindow('5h', 100, SOON, 'Spark'), models: ['gpt-5-spark'] },
    ];
    const sample = aSample('codex-cli', { status: 'limit_reached', windows });
    assert.equal(
      line(sample, '5 hours'),
      '  5 hours     ████████████████████  137 %                       back 05:00',
    );
    assert.match(line(sample, 'Fable'), / 100 % {3}only this model +back Thu 14:30$/);
    assert.match(line(sample, 'Spark'), / 100 % {3}only gpt-5-spark +back 05:00$/);
  });

  it('say that a window has reset and was not checked since', () => {
    const windows = [aWindow('5h', 100, '2026-11-23T01:59:30.000Z'), aWindow('weekly', 40, LATER)];
    const sample = aSample('codex-cli', { status: 'limit_reached', windows });
    assert.equal(
      line(sample, '5 hours'),
      '  5 hours     ····················          reset 02:59, not checked since',
    );
    assert.equal(line(sample, '●'), '● USABLE NOW   codex-cli');
    assert.equal(line(sample, '5 hours', 40), '  5 hours reset 02:59, not checked since');
  });

  it('mark a failed refresh with its reason and the age of what is shown', () => {
    const tried = [
      { source: 'a', outcome: 'timed_out' as const, reason: 'timeout', retry_at: null, took_ms: 1 },
    ];
    const facts = {
      tried,
      plan: 'Pro+',
      observed_at: '2026-11-23T01:50:00.000Z',
      checked_at: NOW.toISOString(),
    };
    const failed = (reason: string) =>
      aSample('copilot-cli', {
        ...facts,
        tried: tried.map((each) => ({ ...each, reason })),
        windows: [aWindow('monthly', 31, '2026-12-01T00:00:00.000Z')],
      });
    assert.equal(
      line(failed('timeout'), 'copilot-cli  Pro+'),
      'copilot-cli  Pro+            ! refresh failed (timeout): as of 02:50, 10 min ago',
    );
    assert.equal(
      line(failed('no answer before the deadline of the question'), '!'),
      '  ! refresh failed (no answer before the deadline of …): as of 02:50, 10 min ago',
    );
    assert.equal(line(failed('502 Bad Gateway'), '!', 40), '  ! refresh failed (502 Bad Gateway)');
    assert.equal(line(failed('502 Bad Gateway'), 'as of', 40), '  as of 02:50, 10 min ago');
  });

  it('show credits that reset a limit, and until when', () => {
    const credits = (count: number) =>
      aSample('codex-cli', { raw: { reset_credits: count, reset_credits_expire_at: [LATER] } });
    assert.equal(line(credits(1), 'resets'), '  resets      1 to redeem, until Thu 14:30');
    assert.equal(line(credits(2), 'resets'), '  resets      2 to redeem, the first until Thu 14:30');
  });

  it('say that a limit is reached that no window shows, and what has none', () => {
    const reached = aSample('codex-cli', { status: 'limit_reached' });
    assert.equal(line(reached, '○'), '○ NOT NOW      codex-cli  limit reached, its end is not known');
    assert.equal(line(reached, 'limit reached'), '  limit reached');
    const blocked = { reason: 'spend_control_reached', until: LATER };
    assert.equal(
      line(aSample('codex-cli', { blocked }), '○'),
      '○ NOT NOW      codex-cli  spend control reached, back Thu 14:30 (in 3 d)',
    );
    assert.equal(line(aSample('codex-cli', { unlimited: true }), 'unlimited'), '  unlimited');
    assert.equal(
      line(aSample('codex-cli', { warnings: ['no limits reported'] }), 'no'),
      '  no limits reported',
    );
  });

  it('name all agents that are not installed, on as many lines as they need', () => {
    const missing = ['claude-code', 'copilot-cli', 'cursor-cli', 'devin-cli', 'droid-cli', 'opencode'];
    assert.deepEqual(
      render(
        missing.map((id) => aSample(id, { status: 'unavailable' })),
        64,
      ).split('\n'),
      [
        '○ not installed: claude-code, copilot-cli, cursor-cli,',
        '  devin-cli, droid-cli, opencode',
        '',
        'No agent is installed.',
      ],
    );
  });

  it('are the blocks alone where they are redrawn', () =>
    assert.deepEqual(
      capacityRows(capacity({ samples, policy: POLICY, now: NOW, timeZone }), {
        columns: 80,
        now: NOW,
        timeZone,
        color: false,
      }).map((each) => each.slice(0, 11).trim()),
      ['claude-code', '5 hours', 'week', 'codex-cli', '5 hours', 'week'],
    ));

  it('are never wider than the terminal, with colour or without, whatever the samples are', () => {
    const percent = fc.integer({ min: 0, max: 140 });
    const scope = fc.option(fc.constantFrom('Opus', 'GPT-5.3-Codex-Spark', 'a model of a very long name'), {
      nil: null,
    });
    const kind = fc.constantFrom(
      '5h' as const,
      'weekly' as const,
      'monthly' as const,
      'on_demand' as const,
      'unknown' as const,
    );
    const windows = fc.array(
      fc.tuple(kind, percent, fc.constantFrom(SOON, LATER, '2026-11-23T01:00:00.000Z', null), scope),
      {
        maxLength: 6,
      },
    );
    const warnings = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), { maxLength: 2 });
    const property = fc.property(
      windows,
      warnings,
      fc.integer({ min: 40, max: 200 }),
      (given, words, columns) => {
        const sample = aSample('a-provider-of-a-long-name', {
          windows: given.map((w) => aWindow(...w)),
          warnings: words,
        });
        const lines = render([sample], columns).split('\n');
        for (const line of lines) assert.ok(line.length <= columns, `${line.length} > ${columns}: ${line}`);
        assert.deepEqual(
          stripVTControlCharacters(render([sample], columns, true))
            .split('\n')
            .map((l) => l.trimEnd()),
          lines,
        );
      },
    );
    fc.assert(property, { numRuns: 100 });
  });
});

describe('a bar', () => {
  it('shows what is used, with a hairline where time is', () =>
    assert.deepEqual(
      [usedBar(0, 8, 0.5), usedBar(75, 8, 0.5), usedBar(25, 8, 0.5), usedBar(50, 8, null)],
      ['░░░░│░░░', '████│█░░', '██░░│░░░', '████░░░░'],
    ));

  it('is full only if all is used, and empty only if nothing is', () =>
    assert.deepEqual(
      [usedBar(99.9, 8, null), usedBar(137, 8, 0.5), usedBar(0.1, 8, null), usedBar(50, 8, 1)],
      ['███████░', '████████', '█░░░░░░░', '████░░░│'],
    ));
});

describe('times in words', () => {
  it('are in the time zone of the reader', () => {
    assert.equal(moment(SOON, NOW, 'UTC'), '04:00');
    assert.equal(moment(SOON, NOW, 'America/Los_Angeles'), '20:00');
    assert.equal(moment(LATER, NOW, 'UTC'), 'Thu 13:30');
    assert.equal(moment('2026-12-24T12:00:00Z', NOW, 'UTC'), '24 Dec');
  });
});
