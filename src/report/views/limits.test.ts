import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { aSample, aWindow, NOW, POLICY } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { capacity } from '../../usage/capacity/capacity.ts';
import { moment } from '../../usage/capacity/window-words.ts';
import { bar, renderCapacity } from './limits.ts';

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
  it('have one line per provider in 80 columns', () =>
    assert.equal(
      render(samples, 80),
      [
        '○ claude-code 5h      ▍░░░░░░░   5% 05:00, 2h         +1  5h below 10%  cli 2m',
        '● codex-cli   weekly  ██▌░░░░░  32% Thu 14:30, 3d11h  5h 59%  official 2m',
        '○ cursor-cli  cursor-period-usage: off by default: set AGENTPOOL_CURSOR_USAGE=1',
        '○ not installed: copilot-cli, devin-cli',
        '',
        '1 of 3 usable, bars show what is left; next back: claude-code 05:00, 2h',
      ].join('\n'),
    ));

  it('show when a limit will be used up before it resets, and list it first', () => {
    const sample = aSample('codex-cli', { windows: [aWindow('5h', 62, SOON), aWindow('weekly', 68, LATER)] });
    const earlier = [30, 46].map((used, index) => ({
      observed_at: index === 0 ? '2026-11-23T00:58:00.000Z' : '2026-11-23T01:28:00.000Z',
      windows: [aWindow('5h', used, SOON)],
    }));
    const given = {
      samples: [sample],
      policy: POLICY,
      now: NOW,
      timeZone,
      history: { 'codex-cli': earlier },
    };
    const line = (columns: number) =>
      renderCapacity(capacity(given), { columns, now: NOW, timeZone, color: false }).split('\n')[0];
    assert.equal(line(80), '● codex-cli 5h      ███░░░░░  38% 05:00, 2h         5h gone 04:09  official 2m');
    assert.match(
      line(120) ?? '',
      /^● codex-cli 5h .*weekly .* {2}5h gone 04:09 at this pace {2}official 2m$/,
    );
  });

  it('do not repeat the confidence if it is the reason', () => {
    const sample = aSample('devin-cli', { confidence: 'observed', windows: [aWindow('daily', 12, SOON)] });
    assert.match(render([sample], 80), / only observed {2}2m$/m);
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

  it('show more windows in full in 120 columns', () =>
    assert.match(
      render(samples, 120),
      /● codex-cli {3}weekly {2}███▎░░░░░░ {2}32% Thu 14:30, 3d11h {2}5h {6}█████▉░░░░ {2}59% 05:00, 2h {9}official 2m/,
    ));

  it('abbreviate windows that do not fit in full, and count the rest', () => {
    const three = aSample('opencode', {
      windows: [
        aWindow('5h', 10, SOON),
        aWindow('weekly', 55, LATER),
        aWindow('monthly', 30, '2026-12-01T00:00:00Z'),
      ],
    });
    assert.match(render([three], 105), /weekly .* monthly 70% {2}5h 90% {2}official 2m/);
    assert.match(render([three], 76), /weekly .* {2}\+2 {2}official 2m/);
  });

  it('are never wider than the terminal, with colour or without, whatever the samples are', () => {
    const percent = fc.integer({ min: 0, max: 100 });
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
    const windows = fc.array(fc.tuple(kind, percent, fc.constantFrom(SOON, LATER, null), scope), {
      maxLength: 6,
    });
    const warnings = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), { maxLength: 2 });
    const property = fc.property(
      windows,
      warnings,
      fc.integer({ min: 60, max: 200 }),
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
    fc.assert(property, { numRuns: 200 });
  });

  it('fill a bar in eighths of a cell', () =>
    assert.deepEqual(
      [bar(0, 4), bar(100, 4), bar(50, 4), bar(59, 4), bar(130, 4)],
      ['░░░░', '████', '██░░', '██▍░', '████'],
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
