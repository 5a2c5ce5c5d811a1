import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { usageFixture } from '../../../fixtures/usage/read.ts';
import type { SourceContext, UsageAnswer, UsageFailure } from '../../agents/contract/limits/reading.ts';
import { framed, parseCopilotQuota } from '../../agents/copilot-cli/limits/get-quota.ts';
import { parseCopilotUser } from '../../agents/copilot-cli/limits/user.ts';
import { parseCursorPeriod } from '../../agents/cursor-cli/limits.ts';
import { parseDevinScreen } from '../../agents/devin-cli/limits/interactive.ts';
import { parseDevinLogin } from '../../agents/devin-cli/limits/login.ts';
import { parseDevinUserStatus } from '../../agents/devin-cli/limits/user-status.ts';
import { droidBilling, parseDroidBilling } from '../../agents/droid-cli/limits.ts';
import { parseOpencodeGo } from '../../agents/opencode/limits.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { parseCcusage } from '../backends/ccusage.ts';
import { parseCodexbar } from '../backends/codexbar.ts';
import { answered, failed } from '../testing/readings.ts';

const now = new Date('2026-11-23T02:00:00Z');
const left = (answer: UsageAnswer) => answer.windows.map((w) => [w.name, w.remaining_percent]);
const frame = (message: object) => {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};

describe('copilot account.getQuota', () => {
  const quota = (result: unknown) => frame({ jsonrpc: '2.0', id: 3, result });

  it('gives premium requests, leaves unlimited ones out and drops an entitlement of 0', () => {
    const answer = answered(parseCopilotQuota(quota(JSON.parse(usageFixture('copilot-quota.json'))), now));
    assert.deepEqual(left(answer), [['monthly', 75]]);
    assert.deepEqual(
      [answer.premium_requests_remaining, answer.windows[0]?.reset_at],
      [1125, '2026-12-01T00:00:00.000Z'],
    );
    assert.match(answer.warnings.join(), /chat is unlimited/);
  });

  it('is signed out when the CLI reports that', () => {
    const signedOut =
      frame({ id: 2, result: { isAuthenticated: false } }) + frame({ id: 3, error: { message: 'no' } });
    assert.equal(failed(parseCopilotQuota(signedOut, now)).outcome, 'signed_out');
    assert.equal(
      failed(parseCopilotQuota(frame({ id: 3, error: { message: 'Not authenticated' } }), now)).outcome,
      'signed_out',
    );
  });

  it('does not mistake the time of the figures for the time of their reset', () => {
    const printed = usageFixture('copilot-quota.json').replaceAll(
      '2026-12-01T00:00:00.000Z',
      '2026-11-23T02:00:03Z',
    );
    assert.deepEqual(
      answered(parseCopilotQuota(quota(JSON.parse(printed)), now)).windows.map((w) => [
        w.remaining_percent,
        w.reset_at,
      ]),
      [[75, null]],
    );
  });

  it('maps the HTTP status that it quotes, and whose login was not accepted', () => {
    const error = (status: string, authType: string) => {
      const message = `Request account.getQuota failed with message: Failed to fetch Copilot user info: ${status}: {"email":"someone@example.invalid"}`;
      return failed(
        parseCopilotQuota(
          frame({ id: 2, result: { isAuthenticated: true, authType } }) +
            frame({ id: 3, error: { message } }),
          now,
        ),
      ).outcome;
    };
    assert.deepEqual(
      [
        '401 Unauthorized',
        '403 Forbidden',
        '404 Not Found',
        '429 Too Many Requests',
        '500 Internal Server Error',
      ].map((s) => error(s, 'user')),
      ['signed_out', 'refused', 'unsupported', 'rate_limited', 'failed'],
    );
    assert.equal(error('401 Unauthorized', 'env'), 'refused');
  });

  it('reads frames by their length in bytes, after log lines and cut at the end', () => {
    const noise = 'starting…\n';
    const printed = `${noise}${frame({ id: 1, name: 'ü€😀' })}${frame({ id: 2 })}${frame({ id: 3 }).slice(0, -2)}`;
    assert.deepEqual(
      framed(printed).map((message) => message.id),
      [1, 2],
    );
  });
});

describe("copilot's endpoint", () => {
  it('gives the paid plan its premium requests', () => {
    const answer = answered(parseCopilotUser(usageFixture('copilot-user.json')));
    assert.deepEqual(left(answer), [['monthly', 20]]);
    assert.deepEqual([answer.premium_requests_remaining, answer.plan], [60, 'individual']);
  });

  it('gives the free plan its older quotas', () =>
    assert.deepEqual(left(answered(parseCopilotUser(usageFixture('copilot-user-free.json')))), [
      ['monthly_chat', 82],
      ['monthly_completions', 100],
    ]));
});

describe("devin's user status", () => {
  it('gives what remains of the day and the week, from numbers and from strings', () => {
    const answer = answered(parseDevinUserStatus(usageFixture('devin-user-status.json')));
    assert.deepEqual(left(answer), [
      ['daily', 70],
      ['weekly', 45],
    ]);
    assert.deepEqual(
      [answer.plan, answer.credits_remaining, answer.windows[0]?.reset_at],
      ['Pro', 5, '2026-11-23T08:00:00.000Z'],
    );
  });

  it('reads a missing percentage as 0 beside a reset time, and as no window without one', () => {
    const status = (planStatus: object) =>
      answered(parseDevinUserStatus(JSON.stringify({ userStatus: { planStatus } })));
    assert.deepEqual(left(status({ weeklyQuotaResetAtUnix: '1795766400' })), [['weekly', 0]]);
    assert.deepEqual(left(status({ planInfo: { hideDailyQuota: true }, dailyQuotaRemainingPercent: 3 })), []);
  });

  it('is read from a screen only if it says whether it shows what is used or what remains', () => {
    const screen = 'Daily quota:   70.00% remaining\nWeekly quota (resets Thu)  55% used\nContext 30%\n';
    assert.deepEqual(left(answered(parseDevinScreen(screen, now))), [
      ['daily', 70],
      ['weekly', 45],
    ]);
    assert.equal(failed(parseDevinScreen('Weekly 55%', now)).outcome, 'unreadable');
    const resets = 'Weekly quota: 55% used, resets Thu 9:00 AM (UTC)';
    assert.equal(answered(parseDevinScreen(resets, now)).windows[0]?.reset_at, '2026-11-26T09:00:00.000Z');
  });

  it('sends its key only to https servers', () => {
    assert.deepEqual(parseDevinLogin('windsurf_api_key = "k"\napi_server_url = "https://eu.example/"\n'), {
      key: 'k',
      server: 'https://eu.example',
    });
    assert.equal(
      failed(parseDevinLogin('windsurf_api_key = "k"\napi_server_url = "http://eu.example"') as UsageFailure)
        .outcome,
      'refused',
    );
    assert.equal(failed(parseDevinLogin('theme = "dark"') as UsageFailure).outcome, 'signed_out');
  });
});

describe('the services of the other providers', () => {
  it('droid: a window without an end has lapsed, and its last percentage is dropped', () => {
    const answer = answered(parseDroidBilling(usageFixture('droid-billing.json'), now));
    assert.deepEqual(left(answer), [
      ['5h', 87.5],
      ['weekly', 60],
      ['monthly', null],
      ['5h_core', 99],
    ]);
    assert.deepEqual([answer.status, answer.credits_remaining], ['available', 2.5]);
  });

  it('droid: seconds until the end, and plans without limits', () => {
    const parse = (body: object) => answered(parseDroidBilling(JSON.stringify(body), now));
    const fiveHour = { usedPercent: 97, secondsRemaining: 3600 };
    const pool = parse({ usesTokenRateLimitsBilling: true, limits: { standard: { fiveHour } } });
    assert.deepEqual([left(pool), pool.windows[0]?.reset_at], [[['5h', 3]], '2026-11-23T03:00:00.000Z']);
    const pro = parse({ extraUsageAllowed: false, usesTokenRateLimitsBilling: false });
    assert.deepEqual([pro.windows, pro.warnings], [[], ['no limits reported']]);
    assert.equal(failed(parseDroidBilling('{"detail":"?"}', now)).outcome, 'unreadable');
  });

  it('droid: the key of its own file is used, and the one of the environment first', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.factory'));
    writeFileSync(join(home, '.factory', '.env'), '# mine\nexport FACTORY_API_KEY="fk-file"\nOTHER=1\n');
    const keys: unknown[] = [];
    const context = (env: object) =>
      ({
        home,
        env,
        now: () => now,
        signal: new AbortController().signal,
        fetch: async (_: string, { headers }: RequestInit) => {
          keys.push((headers as Record<string, string>).authorization);
          return new Response('{"usesTokenRateLimitsBilling":false}');
        },
      }) as unknown as SourceContext;
    await droidBilling.read(context({}));
    await droidBilling.read(context({ FACTORY_API_KEY: 'fk-env' }));
    assert.deepEqual(keys, ['Bearer fk-file', 'Bearer fk-env']);
  });

  it('opencode go: three windows, times as text or milliseconds', () => {
    const answer = answered(parseOpencodeGo(usageFixture('opencode-go.json')));
    assert.deepEqual(left(answer), [
      ['5h', 90],
      ['weekly', 45],
      ['monthly', 70],
    ]);
    assert.equal(answer.windows[2]?.reset_at, '2026-12-29T00:00:00.000Z');
  });

  it('cursor: a percentage of the cycle and money in cents', () => {
    const answer = answered(parseCursorPeriod(usageFixture('cursor-period.json')));
    assert.deepEqual(left(answer), [
      ['monthly', 61.75],
      ['monthly_auto', 80],
      ['monthly_api', 43.5],
    ]);
    assert.equal(answer.windows[0]?.remaining_units, 43.22);
  });

  it('cursor: a seat without a plan is bound by what it may spend', () => {
    const period = (body: object) => answered(parseCursorPeriod(JSON.stringify(body)));
    const spendLimitUsage = { individualLimit: 10_000, individualUsed: 10_000, individualRemaining: 0 };
    const seat = period({ billingCycleEnd: '1796083200000', spendLimitUsage });
    assert.deepEqual([left(seat), seat.status], [[['monthly', 0]], 'limit_reached']);
    assert.deepEqual([seat.windows[0]?.used_units, seat.windows[0]?.unit], [100, 'usd']);
    const team = period({
      spendLimitUsage: {
        ...spendLimitUsage,
        individualUsed: 0,
        individualRemaining: 10_000,
        pooledLimit: 50_000,
        pooledUsed: 50_000,
      },
    });
    assert.deepEqual(
      team.windows.map((w) => [w.name, w.remaining_percent, w.binds_plan ?? false]),
      [
        ['monthly', 100, false],
        ['monthly_team_pool', 0, true],
      ],
    );
    const none = { spendLimitUsage: { individualLimit: 0, pooledLimit: 0 } };
    assert.equal(failed(parseCursorPeriod(JSON.stringify(none))).outcome, 'unreadable');
  });

  it('cursor: its pools with their models, and the weekly one of its bots', () => {
    const body = {
      planUsage: { totalPercentUsed: 40, autoPercentUsed: 100, apiPercentUsed: 12 },
      autoBucketModels: ['composer-2.5'],
      spendLimitUsage: { individualLimit: 5000, individualUsed: 0 },
    };
    const bots = { usagePercent: 30, nextResetTimestampUtc: '2026-11-29T00:00:00Z' };
    const answer = answered(parseCursorPeriod(JSON.stringify(body), JSON.stringify(bots)));
    assert.deepEqual(left(answer), [
      ['monthly', 60],
      ['monthly_auto', 0],
      ['monthly_api', 88],
      ['on_demand_own', 100],
      ['weekly_bots', 70],
    ]);
    assert.deepEqual(answer.windows[1]?.models, ['auto', 'composer-2.5']);
    assert.equal(answer.windows[4]?.reset_at, '2026-11-29T00:00:00.000Z');
  });

  it('codexbar: lines before its answer are skipped', () => {
    const printed = `Now using node v22\n${usageFixture('codexbar.json')}`;
    assert.equal(left(answered(parseCodexbar(printed, 'codex'))).length, 2);
    assert.match(
      failed(parseCodexbar('[{"error":{"message":"403 <!DOCTYPE html><html>log in"}}]', 'codex')).reason,
      /^a web page/,
    );
  });

  it('codexbar: windows by their length, without the e-mail', () => {
    const answer = answered(parseCodexbar(usageFixture('codexbar.json'), 'codex'));
    assert.deepEqual(left(answer), [
      ['5h', 72],
      ['weekly', 41],
    ]);
    assert.doesNotMatch(JSON.stringify(answer), /@/);
    assert.equal(
      failed(parseCodexbar('[{"provider":"codex","error":{"message":"Not logged in"}}]', 'codex')).outcome,
      'refused',
    );
  });

  it('ccusage: reports tokens, never a quota', () => {
    const answer = answered(parseCcusage(usageFixture('ccusage-blocks.json')));
    assert.deepEqual([answer.status, answer.windows], ['unknown', []]);
    assert.match(answer.warnings.join(), /1,234,567 tokens .* not a quota/);
  });
});
