import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usageFixture } from '../../../fixtures/usage/read.ts';
import type { Answer, Failure } from '../../agents/contract/limits/reading.ts';
import { framed, parseCopilotQuota } from '../../agents/copilot-cli/limits/get-quota.ts';
import { parseCopilotUser } from '../../agents/copilot-cli/limits/user.ts';
import { parseCursorPeriod } from '../../agents/cursor-cli/limits.ts';
import { parseDevinScreen } from '../../agents/devin-cli/limits/interactive.ts';
import { parseDevinLogin } from '../../agents/devin-cli/limits/login.ts';
import { parseDevinUserStatus } from '../../agents/devin-cli/limits/user-status.ts';
import { parseDroidBilling } from '../../agents/droid-cli/limits.ts';
import { parseOpencodeGo } from '../../agents/opencode/limits.ts';
import { parseCcusage } from '../backends/ccusage.ts';
import { parseCodexbar } from '../backends/codexbar.ts';
import { answered, failed } from '../testing/readings.ts';

const now = new Date('2026-11-23T02:00:00Z');
const left = (answer: Answer) => answer.windows.map((w) => [w.name, w.remaining_percent]);
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
      failed(parseDevinLogin('windsurf_api_key = "k"\napi_server_url = "http://eu.example"') as Failure)
        .outcome,
      'refused',
    );
    assert.equal(failed(parseDevinLogin('theme = "dark"') as Failure).outcome, 'signed_out');
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
