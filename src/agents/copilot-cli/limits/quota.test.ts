import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answered, failed } from '../../../usage/testing/readings.ts';
import type { UsageAnswer } from '../../contract/limits/reading.ts';
import { parseCopilotQuota } from './get-quota.ts';
import { parseCopilotUser } from './user.ts';

const now = new Date('2026-11-23T02:00:00Z');
const RESET = '2026-12-01T00:00:00.000Z';

const frame = (message: object) => {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const asked = (quotaSnapshots: object, auth: object = {}) =>
  answered(
    parseCopilotQuota(
      frame({ id: 2, result: { isAuthenticated: true, ...auth } }) +
        frame({ id: 3, result: { quotaSnapshots } }),
      now,
    ),
  );
const error = (message: string) => parseCopilotQuota(frame({ id: 3, error: { code: -32603, message } }), now);
const user = (body: object) => answered(parseCopilotUser(JSON.stringify(body)));
const left = ({ windows }: UsageAnswer) => windows.map((w) => [w.name, w.remaining_percent, w.used_percent]);

describe("copilot's AI credits", () => {
  it('are what the plan gives, under their own name too', () => {
    const spent = { entitlementRequests: 1500, remainingPercentage: 0, resetDate: RESET };
    const answer = asked({ ai_credits: spent, chat: { isUnlimitedEntitlement: true } });
    const [window] = answer.windows;
    assert.deepEqual(
      [answer.status, window?.scope, window?.binds_plan],
      ['limit_reached', 'AI credits', true],
    );
    assert.equal(
      asked({ ai_credits: { ...spent, usageAllowedWithExhaustedQuota: true } }).status,
      'overage_possible',
    );
  });

  it('do not stop other models where the quota of one is used up', () => {
    const words =
      'user_model_rate_limited: You have exhausted your quota for claude-opus-4.6. Try again in 2 hours.';
    const answer = answered(error(words));
    assert.deepEqual([answer.status, answer.windows[0]?.models], ['available', ['claude-opus-4.6']]);
  });
});

describe("copilot's quotas", () => {
  it('can have less than nothing left, and are reached then', () => {
    const quota = { isUnlimitedEntitlement: false, entitlementRequests: 1500, usedRequests: 1520 };
    const over = { ...quota, remainingPercentage: -1.3, overage: 20 };
    const premium = (more: object) => asked({ premium_interactions: { ...over, ...more } });
    assert.deepEqual(left(premium({})), [['monthly', 0, 101.3]]);
    assert.equal(premium({}).status, 'limit_reached');
    assert.equal(premium({ overageAllowedWithExhaustedQuota: true }).status, 'overage_possible');
    assert.deepEqual(premium({}).warnings, []);
  });

  it('are named by their length', () => {
    const quota = (remainingPercentage: number) => ({ entitlementRequests: 100, remainingPercentage });
    const answer = asked({ premium_interactions: quota(80), session: quota(10), weekly: quota(0) });
    assert.deepEqual(left(answer), [
      ['monthly', 80, 20],
      ['5h', 10, 90],
      ['weekly', 0, 100],
    ]);
    assert.equal(answer.status, 'limit_reached');
  });

  it('bind a free plan by its chat alone', () => {
    const answer = asked({
      premium_interactions: { entitlementRequests: 0 },
      chat: { entitlementRequests: 200, usedRequests: 200, remainingPercentage: 0 },
      completions: { entitlementRequests: 2000, usedRequests: 10, remainingPercentage: 99.5 },
    });
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.binds_plan ?? false]),
      [
        ['monthly_chat', true],
        ['monthly_completions', false],
      ],
    );
    assert.equal(answer.status, 'limit_reached');
    const free = {
      monthly_quotas: { chat: 50, completions: 2000 },
      limited_user_quotas: { chat: 0, completions: 9 },
    };
    assert.deepEqual([user(free).status, user(free).windows[0]?.binds_plan], ['limit_reached', true]);
  });

  it('are left out where the account has none, and are unlimited where GitHub says so', () => {
    const none = user({
      quota_snapshots: {
        premium_interactions: { has_quota: false, unlimited: false },
        chat: { unlimited: true, entitlement: 0 },
      },
    });
    assert.deepEqual([none.windows, none.unlimited, none.warnings], [[], true, ['chat is unlimited']]);
    const gone = user({ quota_snapshots: { premium_interactions: { has_quota: false, entitlement: 300 } } });
    assert.deepEqual([left(gone), gone.status], [[['monthly', 0, 100]], 'limit_reached']);
  });

  it('count AI credits or requests, as their billing says', () => {
    const quota = { entitlement: 1000, credits_used: 250, quota_reset_date: RESET };
    const unit = (token_based_billing: boolean) =>
      user({ quota_snapshots: { premium_interactions: { ...quota, token_based_billing } } }).windows[0];
    assert.deepEqual(
      [unit(true)?.unit, unit(true)?.remaining_percent, unit(true)?.reset_at],
      ['credits', 75, RESET],
    );
    assert.equal(unit(false)?.unit, 'requests');
    const seat = user({ token_based_billing: true, copilot_plan: 'business', login: 'Octo' });
    assert.deepEqual(seat.warnings, ['AI credits are billed to the organisation', 'no limits reported']);
    assert.equal(seat.account, asked({}, { login: 'octo' }).account);
  });

  it('are known by the codes of an error', () => {
    const weekly = answered(
      error('429 Too Many Requests {"code":"user_weekly_rate_limited"} retry-after: 3600'),
    );
    assert.deepEqual([left(weekly), weekly.status], [[['weekly', 0, 100]], 'limit_reached']);
    assert.equal(weekly.windows[0]?.reset_at, '2026-11-23T03:00:00.000Z');
    assert.equal(answered(error('user_global_rate_limited:pro_plus')).windows[0]?.name, '5h');
    assert.equal(answered(error('quota_exceeded')).windows[0]?.name, 'monthly');
    const limited = failed(error('x: 429 Too Many Requests; retry-after: 60'));
    assert.deepEqual([limited.outcome, limited.retry_at], ['rate_limited', '2026-11-23T02:01:00.000Z']);
    assert.match(failed(error('403 Forbidden <!DOCTYPE html><html>')).reason, /^a web page/);
  });
});
