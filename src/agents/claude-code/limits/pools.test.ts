import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answered, failed } from '../../../usage/testing/readings.ts';
import { failure, type UsageAnswer } from '../../contract/limits/reading.ts';
import { parseClaudeGetUsage, readingOfLogin } from './get-usage.ts';
import { parseClaudeStream } from './stream.ts';
import { parseClaudeUsageText } from './usage-text.ts';

const now = new Date('2026-11-23T02:00:00Z');
const RESET = '2026-11-26T13:30:00.000Z';

/** As claude 2.1.332 answers. */
const read = (rate_limits: object | null, subscription_type: string | null = 'max') =>
  parseClaudeGetUsage(
    JSON.stringify({
      type: 'control_response',
      response: {
        subtype: 'success',
        request_id: 'u1',
        response: { subscription_type, rate_limits_available: true, rate_limits },
      },
    }),
  );
const row = (kind: string, percent: number | null, more: object = {}) => ({
  kind,
  group: kind === 'session' ? 'session' : 'weekly',
  percent,
  resets_at: RESET,
  severity: 'normal',
  is_active: false,
  scope: null,
  ...more,
});
const plan = { limits: [row('session', 20, { is_active: true }), row('weekly_all', 40)] };
const used = ({ windows }: UsageAnswer) => windows.map((w) => [w.name, w.used_percent]);
const found = (answer: UsageAnswer, name: string) => answer.windows.find((window) => window.name === name);

describe("claude's list of limits", () => {
  it('gives more than 100 percent, and the models of a scoped limit', () => {
    const fable = row('weekly_scoped', 62, {
      scope: { model: { display_name: 'Fable', id: null }, surface: null },
    });
    const answer = answered(read({ limits: [row('session', 137), fable] }));
    assert.deepEqual(used(answer), [
      ['5h', 137],
      ['weekly_fable', 62],
    ]);
    assert.deepEqual([answer.windows[0]?.remaining_percent, answer.status], [0, 'limit_reached']);
    assert.deepEqual(found(answer, 'weekly_fable')?.models, ['Fable']);
  });

  it('says which of them is active, and a severity can say that one is reached', () => {
    const answer = answered(
      read({
        limits: [row('session', 20, { is_active: true }), row('weekly_all', null, { severity: 'exceeded' })],
      }),
    );
    assert.deepEqual(answer.raw, { active_windows: ['5h'] });
    assert.deepEqual(used(answer)[1], ['weekly', 100]);
  });

  it('limits a surface without limiting the model that it names', () => {
    const scope = { model: { display_name: 'Opus' }, surface: { display_name: 'Cowork' } };
    const answer = answered(read({ limits: [row('session', 1), row('weekly_scoped', 5, { scope })] }));
    assert.deepEqual([answer.windows[1]?.scope, answer.windows[1]?.models], ['Opus in Cowork', []]);
  });
});

describe('a used-up plan in one line', () => {
  const words = (result: string) =>
    answered(parseClaudeUsageText(JSON.stringify({ result, is_error: true }), now));

  it('is read in other words too, and names its model', () => {
    for (const line of [
      "You've used 100% of your weekly limit",
      'You have no credits left',
      'Credit balance is too low',
      'You have exhausted your usage quota',
    ])
      assert.equal(words(line).status, 'limit_reached', line);
    const opus = words('Usage limit reached for Opus');
    assert.deepEqual([opus.status, opus.windows[0]?.models], ['available', ['Opus']]);
  });

  it('is not a part of a limit that was used', () =>
    assert.equal(
      failed(parseClaudeUsageText("You've used 80% of your weekly limit", now)).outcome,
      'unreadable',
    ));
});

describe('a request that claude must not repeat yet', () => {
  it('says when it may', () => {
    const response = { subtype: 'error', request_id: 'u1', error: '429 rate_limit_error, retry-after: 120' };
    const printed = JSON.stringify({ type: 'control_response', response });
    assert.equal(failed(parseClaudeGetUsage(printed, now)).retry_at, '2026-11-23T02:02:00.000Z');
  });
});

describe('limits that stand beside the list', () => {
  it('are shown under their own name, and bind nothing', () => {
    const answer = answered(
      read({
        ...plan,
        cinder_cove: { utilization: 100, resets_at: RESET },
        wattle_ember: {
          utilization: 50,
          label: 'Promo',
          limit_dollars: 10,
          used_dollars: 5,
          remaining_dollars: 5,
        },
        promo_credits: [{ amount_dollars: 20, used_dollars: 20, expires_at: RESET }],
        tangelo: { utilization: 55, resets_at: RESET, locked_reason: 'plan_change' },
        seven_day_oauth_apps: { utilization: 7, resets_at: RESET },
        seven_day_overage_included: { utilization: 8, resets_at: RESET },
        seven_day_cowork: { utilization: 9, resets_at: RESET },
        nimbus_quill: { utilization: 0, resets_at: null, limit_dollars: null },
        member_dashboard_available: true,
        seven_day_breakdown: { utilization: 3, resets_at: RESET },
      }),
    );
    assert.deepEqual(used(answer), [
      ['5h', 20],
      ['weekly', 40],
      ['weekly_oauth_apps', 7],
      ['weekly_overage_included', 8],
      ['weekly_cowork', 9],
      ['cinder_cove', 100],
      ['wattle_ember', 50],
      ['promo_credits', 100],
      ['tangelo', 55],
    ]);
    assert.ok(answer.windows.slice(2).every(({ scope, binds_plan }) => scope !== null && !binds_plan));
    assert.equal(found(answer, 'cinder_cove')?.scope, 'Claude Code and Cowork credit');
    const ember = found(answer, 'wattle_ember');
    assert.deepEqual([ember?.scope, ember?.remaining_units, ember?.unit], ['Promo', 5, 'usd']);
    assert.deepEqual(answer.warnings, ['tangelo is locked: plan_change']);
    assert.notEqual(answer.status, 'limit_reached');
  });

  it('say why extra usage is off', () => {
    const extra = {
      is_enabled: false,
      monthly_limit: 5000,
      used_credits: 5000,
      utilization: 100,
      currency: 'EUR',
    };
    const answer = answered(
      read({ ...plan, extra_usage: { ...extra, disabled_reason: 'org_spend_cap_reached' } }),
    );
    assert.deepEqual(answer.warnings, ['extra usage is off: org_spend_cap_reached']);
    const window = found(answer, 'on_demand_extra_usage');
    assert.deepEqual([window?.used_units, window?.unit], [50, 'eur']);
    const spent = { ...extra, is_enabled: true };
    const reached = answered(read({ limits: [row('session', 100)], extra_usage: spent }));
    assert.equal(reached.status, 'limit_reached');
  });

  it('are no limits only where Claude says so', () => {
    assert.deepEqual(answered(read({ limits: [] })).warnings, ['no limits reported']);
    assert.equal(failed(read({ something: 1 })).outcome, 'unreadable');
  });
});

describe('a monthly budget in place of windows', () => {
  const budget = (used_credits: number, monthly_limit: number | null = 50_000) => ({
    five_hour: null,
    seven_day: null,
    limits: [],
    extra_usage: { is_enabled: true, monthly_limit, used_credits, currency: 'USD', decimal_places: 2 },
  });

  it('is the limit that binds, and spent it is reached', () => {
    const half = answered(read(budget(25_000), 'enterprise'));
    assert.deepEqual([half.status, half.blocked, used(half)], ['available', null, [['monthly', 50]]]);
    assert.deepEqual([half.windows[0]?.scope, half.windows[0]?.remaining_units], [null, 250]);
    const spent = answered(read(budget(50_000), 'enterprise'));
    assert.deepEqual(
      [spent.status, spent.blocked],
      ['limit_reached', { reason: 'budget_spent', until: null }],
    );
    const capped = { ...budget(10), spend: { disabled_reason: 'out_of_credits' } };
    assert.equal(answered(read(capped, 'enterprise')).blocked?.reason, 'out_of_credits');
  });

  it('is read from amounts in minor units too', () => {
    const amount = (amount_minor: number) => ({ amount_minor, currency: 'USD', exponent: 2 });
    const spend = { enabled: true, used: amount(60_000), limit: amount(50_000), percent: 120 };
    const answer = answered(read({ limits: [], spend }, 'enterprise'));
    assert.deepEqual([used(answer), answer.blocked?.reason], [[['monthly', 120]], 'budget_spent']);
  });

  it('without a limit is an unlimited plan', () => {
    const answer = answered(read(budget(20_847, null), 'enterprise'));
    assert.deepEqual([answer.unlimited, answer.warnings], [true, ['the plan is unlimited']]);
  });

  it("does not stand in the place of one person's windows", () => {
    const answer = answered(read(budget(50_000), 'pro'));
    assert.deepEqual([answer.blocked, used(answer)], [null, [['on_demand_extra_usage', 100]]]);
  });
});

describe('a claude of before', () => {
  const said = (words: string) => answered(parseClaudeUsageText(words, now));
  const json = (result: string, more: object = {}) => JSON.stringify({ result, num_turns: 0, ...more });

  it('says in one line that its plan is used up', () => {
    for (const line of [
      "You've hit your limit · resets 4:40am (UTC)",
      'Claude usage limit reached. Your limit will reset at 4:40am (UTC).',
      "You're out of usage · resets 4:40am (UTC)",
      'Session limit reached ∙ resets 4:40am (UTC)',
      '5-hour limit has been reached, resets 4:40am (UTC)',
    ]) {
      for (const form of [json(line), line, `Now using node v22\n${json(line)}`]) {
        const { status, windows } = said(form);
        assert.deepEqual([status, windows[0]?.used_percent], ['limit_reached', 100], form);
        assert.equal(windows[0]?.reset_at, '2026-11-23T04:40:00.000Z', form);
      }
    }
    assert.equal(
      said('Claude AI usage limit reached|1795406400').windows[0]?.reset_at,
      '2026-11-23T04:00:00.000Z',
    );
  });

  it('has used a part of its limit, and has not reached it', () => {
    for (const line of ["You've used 45% of your weekly limit · resets Nov 26", 'No usage limit reached'])
      assert.equal(failed(parseClaudeUsageText(json(line), now)).outcome, 'unreadable', line);
  });

  it('says it of one model, and even where it took the question for a prompt', () => {
    const opus = said(json('Opus limit reached · resets Nov 26, 1:30pm (UTC)'));
    assert.deepEqual([opus.windows[0]?.name, opus.windows[0]?.models], ['weekly_opus', ['Opus']]);
    assert.notEqual(opus.status, 'limit_reached');
    assert.equal(
      said(json("You've hit your limit", { num_turns: 1, is_error: true })).status,
      'limit_reached',
    );
    assert.equal(failed(parseClaudeUsageText(json('Hello', { num_turns: 1 }), now)).outcome, 'unsupported');
  });

  it('is of now: a reset that would have passed long ago is the next of its name', () => {
    const { windows } = said(json('Current session: 36% used · resets 11:59pm (UTC)'));
    assert.deepEqual([windows[0]?.used_percent, windows[0]?.reset_at], [36, '2026-11-23T23:59:00.000Z']);
  });

  it('with a subscription is not taken for one without', () => {
    const old = failure('unsupported', 'does not know the question');
    const login = (status: object) =>
      readingOfLogin(old, { stdout: JSON.stringify(status), timed_out: false });
    assert.equal(login({ loggedIn: true, authMethod: 'claude.ai' }), old);
    assert.equal(login({ loggedIn: true, authMethod: 'x', subscriptionType: 'max' }), old);
    assert.match(
      answered(login({ loggedIn: true, authMethod: 'api_key' })).warnings.join(),
      /no subscription/,
    );
    assert.equal(failed(login({ loggedIn: false })).outcome, 'signed_out');
  });

  it('names a web page in place of its limits', () => {
    const page = 'API Error: 403 <!DOCTYPE html><html><title>Blocked</title>';
    assert.match(
      failed(parseClaudeUsageText(json(page, { is_error: true }), now)).reason,
      /web page .*\(403\): "Blocked"/,
    );
  });
});

describe('a request that claude rejected', () => {
  it('keeps what is used beyond the limit, and the model that a limit is of', () => {
    const event = (rate_limit_info: object) =>
      answered(parseClaudeStream(JSON.stringify({ type: 'rate_limit_event', rate_limit_info }))).windows[0];
    assert.equal(
      event({ status: 'rejected', rateLimitType: 'five_hour', utilization: 120 })?.used_percent,
      120,
    );
    const fable = event({ status: 'rejected', rateLimitType: 'seven_day_overage_included' });
    assert.deepEqual([fable?.kind, fable?.models, fable?.used_percent], ['weekly', ['Fable'], 100]);
  });
});
