import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { usageFixture } from '../../../../fixtures/usage/read.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { answered, failed } from '../../../usage/testing/readings.ts';
import type { SourceContext, UsageAnswer } from '../../contract/limits/reading.ts';
import { parseCodexAppServer } from './app-server.ts';
import { codexRollouts, parseCodexRollouts } from './rollouts.ts';

const shown = (answer: UsageAnswer) =>
  answer.windows.map((w) => [w.name, w.used_percent, w.remaining_percent, w.reset_at]);
const server = (name: string) => parseCodexAppServer(usageFixture(`codex-app-server-${name}.jsonl`));

describe('codex app-server', () => {
  it('gives the windows of the plan and of every other bucket', () => {
    const pro = answered(server('pro'));
    assert.deepEqual(shown(pro), [
      ['5h', 41, 59, '2026-11-23T04:00:00.000Z'],
      ['weekly', 17, 83, '2026-11-26T12:00:00.000Z'],
      ['5h_gpt_5_3_codex_spark', 8, 92, '2026-11-23T04:00:00.000Z'],
    ]);
    assert.deepEqual([pro.plan, pro.credits_remaining, pro.status], ['pro', 640, 'available']);
  });

  it('calls a window by its duration, whatever slot it stands in', () =>
    assert.deepEqual(
      answered(server('weekly-only')).windows.map((w) => w.kind),
      ['weekly', '5h'],
    ));

  it('takes a free plan for one without limits, not for an error', () => {
    const free = answered(server('free'));
    assert.deepEqual([free.windows, free.status, free.warnings], [[], 'available', ['no limits reported']]);
  });

  it('says limit_reached when the provider says so, and overage_possible when credits would be spent', () => {
    assert.equal(answered(server('reached')).status, 'limit_reached');
    const withCredits = usageFixture('codex-app-server-reached.jsonl').replaceAll(
      '"hasCredits": false',
      '"hasCredits": true',
    );
    assert.equal(answered(parseCodexAppServer(withCredits)).status, 'overage_possible');
  });

  it('says overage_possible while credits are drawn, whatever its windows have left', () => {
    const drawn = usageFixture('codex-app-server-reached.jsonl')
      .replaceAll('"hasCredits": false', '"hasCredits": true')
      .replace('"rateLimits"', '"ordinaryUsageAllowed": false, "rateLimits"');
    assert.equal(answered(parseCodexAppServer(drawn)).status, 'overage_possible');
  });

  it('tells a signed-out account from an API key', () => {
    assert.equal(failed(server('signed-out')).outcome, 'signed_out');
    assert.match(answered(server('api-key')).warnings.join(), /API key/);
  });

  it('takes 401 for a login that no longer holds and 429 for a question asked too often', () => {
    assert.equal(failed(server('401')).outcome, 'signed_out');
    assert.equal(failed(server('429')).outcome, 'rate_limited');
  });

  it('finds the figures that an older CLI quotes in its error', () => {
    const old = answered(server('old-cli'));
    assert.deepEqual(
      old.windows.map((w) => [w.name, w.used_percent]),
      [
        ['5h', 22],
        ['weekly', 51],
        ['5h_spark', 4],
      ],
    );
    assert.equal(old.plan, 'prolite');
  });

  it('understands strings for numbers, milliseconds and ISO times, and drops what is no percentage', () => {
    const answer = (window: object) =>
      answered(
        parseCodexAppServer(
          JSON.stringify({
            id: 3,
            result: { rateLimits: { limitId: 'codex', primary: window, secondary: null } },
          }),
        ),
      ).windows[0];
    assert.equal(
      answer({ usedPercent: '41', windowDurationMins: '300', resetsAt: '1795406400' })?.used_percent,
      41,
    );
    assert.equal(
      answer({ usedPercent: 41, windowDurationMins: 300, resetsAt: 1795406400000 })?.reset_at,
      '2026-11-23T04:00:00.000Z',
    );
    assert.equal(
      answer({ usedPercent: 41, resetsAt: '2026-11-23T04:00:00Z' })?.reset_at,
      '2026-11-23T04:00:00.000Z',
    );
    assert.equal(answer({ usedPercent: 1795406400, windowDurationMins: 300 })?.used_percent, null);
    assert.equal(answer({ usedPercent: -3 })?.used_percent, null);
    assert.deepEqual([answer({})?.used_percent, answer({})?.reset_at], [null, null]);
  });
});

describe('codex rollouts', () => {
  const read = async (home: string) => {
    const context = { env: { CODEX_HOME: '' }, home, now: () => new Date() } as unknown as SourceContext;
    const reading = await codexRollouts.read(context);
    return answered(reading).windows.map(({ used_percent }) => used_percent);
  };
  const rollout = (used: number, at: Date) =>
    `${JSON.stringify({
      timestamp: at.toISOString(),
      type: 'event_msg',
      payload: {
        type: 'token_count',
        rate_limits: {
          limit_id: 'codex',
          primary: { used_percent: used, window_minutes: 300, resets_at: 1 },
        },
      },
    })}\n`;
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const write = (home: string, path: string, text: string, at: Date) => {
    const file = join(home, '.codex/sessions', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, at, at);
  };

  it('are those that were written last, in whatever folder a resumed session lies', async () => {
    const home = temporaryFolder();
    for (let n = 0; n < 9; n++) {
      const at = minutesAgo(1000 + n);
      write(home, `2026/11/27/rollout-2026-11-27T1${n}.jsonl`, rollout(n, at), at);
    }
    write(home, '2026/03/02/rollout-old.jsonl', rollout(97, minutesAgo(1)), minutesAgo(1));
    assert.deepEqual(await read(home), [97]);
  });

  it('are found above the output of a tool, behind a byte order mark', async () => {
    const home = temporaryFolder();
    const text = `\uFEFF${rollout(41, minutesAgo(2))}{"output":"${'x'.repeat(3 << 20)}"}\r\n{"half`;
    write(home, '2026/11/27/rollout-a.jsonl', text, minutesAgo(1));
    assert.deepEqual(await read(home), [41]);
  });

  it('give the newest line of each limit, and are as old as the oldest of them', () => {
    const found = answered(parseCodexRollouts(usageFixture('codex-rollout.jsonl')));
    assert.deepEqual(
      found.windows.map((w) => [w.name, w.used_percent]),
      [
        ['5h', 33.5],
        ['weekly', 12],
        ['5h_gpt_5_3_codex_spark', 3],
      ],
    );
    assert.deepEqual([found.observed_at, found.stale], ['2026-11-23T01:10:05.000Z', true]);
  });

  it('keep what stands before a line that was cut while it was written', () => {
    const cut = usageFixture('codex-rollout.jsonl').trimEnd().slice(0, -40);
    assert.equal(answered(parseCodexRollouts(cut)).windows[0]?.used_percent, 10);
  });
});
