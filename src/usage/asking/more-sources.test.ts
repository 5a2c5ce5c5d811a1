import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { usageFixture } from '../../../fixtures/usage/read.ts';
import { ampUsage, parseAmpUsage } from '../../agents/amp/limits.ts';
import { agyUsage, parseAgyUsage } from '../../agents/antigravity-cli/limits.ts';
import type { SourceContext, UsageAnswer, UsageSource } from '../../agents/contract/limits/reading.ts';
import { geminiQuota, parseGeminiQuota } from '../../agents/gemini-cli/limits.ts';
import { grokBilling, parseGrokBilling } from '../../agents/grok-build/limits.ts';
import { kimiUsages, parseKimiUsages } from '../../agents/kimi-code/limits.ts';
import { kiroUsage, parseKiroUsage } from '../../agents/kiro-cli/limits.ts';
import { minimaxRemains, parseMinimaxRemains } from '../../agents/minimax/limits.ts';
import { parseZaiQuota, zaiQuota } from '../../agents/zai-glm/limits.ts';
import { startChild } from '../../lib/process/child.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { answered, failed } from '../testing/readings.ts';

const now = new Date('2026-11-23T02:00:00Z');
const used = ({ windows }: UsageAnswer) => windows.map((w) => [w.name, w.used_percent]);
const change = (fixture: string, ...changes: [string | RegExp, string][]) =>
  changes.reduce((text, [from, to]) => text.replace(from, to), usageFixture(fixture));

describe('kimi usages', () => {
  it('are of the week, of the windows that they name, and of what was bought', () => {
    const answer = answered(parseKimiUsages(usageFixture('kimi-usages.json')));
    assert.deepEqual(used(answer), [
      ['weekly', 25],
      ['5h', 69.5],
      ['credits_extra_usage', 60],
    ]);
    assert.deepEqual(
      [answer.plan, answer.status, answer.windows[0]?.reset_at, answer.windows[1]?.reset_at],
      ['INTERMEDIATE', 'available', '2026-11-27T15:23:13.717Z', '2026-11-23T03:33:02.717Z'],
    );
  });

  it('are read from either half, in any spelling, and may exceed the limit', () => {
    const read = (usage: object) => answered(parseKimiUsages(JSON.stringify({ usage })));
    assert.deepEqual(used(read({ limit: 100, remaining: 74 })), [['weekly', 26]]);
    assert.equal(read({ limit: '100', used: '0', reset_at: '2026-11-27T00:00:00Z' }).status, 'available');
    assert.deepEqual(used(read({ limit: 100, used: 137 })), [['weekly', 137]]);
    assert.equal(read({ limit: 100, used: 137 }).status, 'limit_reached');
    assert.equal(failed(parseKimiUsages('{"error":"x"}')).outcome, 'unreadable');
  });
});

describe('the quota of z.ai', () => {
  it('has the windows of the plan, and the tools apart', () => {
    const answer = answered(parseZaiQuota(usageFixture('zai-quota.json')));
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.scope, w.used_percent, w.window_minutes]),
      [
        ['5h', null, 37, 300],
        ['weekly', null, 61, 10_080],
        ['monthly_tools', 'tools', 25, null],
      ],
    );
    assert.deepEqual([answer.plan, answer.windows[0]?.reset_at], ['pro', '2026-11-23T05:23:00.000Z']);
  });

  it('stays usable when only the tools are used up', () => {
    const spent = change('zai-quota.json', ['"percentage": 25', '"percentage": 100']);
    assert.equal(answered(parseZaiQuota(spent)).status, 'available');
    const over = change('zai-quota.json', ['"percentage": 61', '"percentage": 104']);
    assert.equal(answered(parseZaiQuota(over)).status, 'limit_reached');
  });

  it('is refused with the words of the service, whatever the status', () => {
    const refused = (code: number, msg: string) =>
      failed(parseZaiQuota(JSON.stringify({ code, msg, success: false }))).outcome;
    assert.equal(refused(500, '当前用户不存在coding plan'), 'unsupported');
    assert.equal(refused(401, 'token expired or incorrect'), 'refused');
    assert.equal(refused(500, 'busy'), 'failed');
  });
});

describe('what remains at MiniMax', () => {
  it('is of the coding models for the plan, and of each other model apart', () => {
    const answer = answered(parseMinimaxRemains(usageFixture('minimax-remains.json')));
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.remaining_percent, w.reset_at]),
      [
        ['5h', 74, '2026-11-23T05:23:00.000Z'],
        ['weekly', 12, '2026-11-27T03:00:00.000Z'],
        ['daily_video', 33.33, '2026-11-24T00:00:00.000Z'],
      ],
    );
    assert.deepEqual([answer.status, answer.warnings], ['near_limit', []]);
    const free = change('minimax-remains.json', ['"current_weekly_status": 1', '"current_weekly_status": 3']);
    assert.deepEqual(answered(parseMinimaxRemains(free)).warnings, ['no weekly limit']);
  });

  it('is limit reached for the plan only where the coding models are', () => {
    const video = change('minimax-remains.json', [
      /"current_interval_usage_count": 1,/,
      '"current_interval_usage_count": 0,',
    ]);
    assert.equal(answered(parseMinimaxRemains(video)).status, 'near_limit');
    for (const left of [0, -3]) {
      const week = change('minimax-remains.json', [
        '"current_weekly_remaining_percent": 12',
        `"current_weekly_remaining_percent": ${left}`,
      ]);
      assert.equal(answered(parseMinimaxRemains(week)).status, 'limit_reached');
    }
  });

  it('is refused in the code of the answer', () => {
    const refused = (status_code: number, status_msg: string) =>
      failed(
        parseMinimaxRemains(JSON.stringify({ model_remains: null, base_resp: { status_code, status_msg } })),
      ).outcome;
    assert.equal(refused(1004, 'login fail'), 'refused');
    assert.equal(refused(2062, 'no active token plan subscription'), 'unsupported');
    assert.equal(refused(2045, 'overloaded'), 'rate_limited');
  });
});

describe('the quota of Gemini CLI', () => {
  it('is of each model, of the bucket with the least left', () => {
    const answer = answered(parseGeminiQuota(usageFixture('gemini-quota.json')));
    assert.deepEqual(
      answer.windows.map(({ name, models, remaining_percent }) => [name, models, remaining_percent]),
      [
        ['daily_gemini_2_5_pro', ['gemini-2.5-pro'], 50],
        ['daily_gemini_3_flash_preview', ['gemini-3-flash-preview'], 100],
      ],
    );
  });
});

describe('the billing of Grok', () => {
  it('is the share of the credits in their period', () => {
    const answer = answered(parseGrokBilling(usageFixture('grok-billing.jsonl')));
    assert.deepEqual(used(answer), [
      ['weekly', 42.5],
      ['on_demand_on_demand', 25],
    ]);
    assert.deepEqual(
      [answer.plan, answer.credits_remaining, answer.windows[0]?.reset_at],
      ['SuperGrok', 12.5, '2026-11-27T00:00:00.000Z'],
    );
  });

  it('is not 0 where no share is given', () => {
    const untold = change('grok-billing.jsonl', ['"creditUsagePercent":42.5,', '']);
    assert.deepEqual(used(answered(parseGrokBilling(untold)))[0], ['weekly', null]);
  });

  it('is read as older versions gave it', () => {
    const result = {
      billingCycle: { billingPeriodStart: '2026-11-01T00:00:00Z', billingPeriodEnd: '2026-12-01T00:00:00Z' },
      monthlyLimit: { val: 99900 },
      usage: { totalUsed: { val: 49950 } },
    };
    assert.deepEqual(used(answered(parseGrokBilling(JSON.stringify({ id: 3, result })))), [['monthly', 50]]);
  });

  it('is signed out, or unknown to the version, in its own words', () => {
    const missing = '{"id":3,"error":{"code":-32601,"message":"Method not found"}}';
    const out =
      '{"id":2,"error":{"code":-32000,"message":"Authentication required","data":"Authentication required to fetch billing data"}}';
    assert.equal(failed(parseGrokBilling(`${missing}\n${out}`)).outcome, 'signed_out');
    assert.equal(failed(parseGrokBilling(missing)).outcome, 'unsupported');
  });
});

describe('amp usage', () => {
  it('has the free share of the day and the credits, without the account', () => {
    const answer = answered(parseAmpUsage(usageFixture('amp-usage.txt'), now));
    assert.deepEqual(used(answer), [['daily', 39]]);
    assert.deepEqual([answer.plan, answer.credits_remaining], ['Free', 15.19]);
    assert.doesNotMatch(JSON.stringify(answer), /@|someone/);
  });

  it('has dollars that come back, and the pools of a paid plan', () => {
    const free = 'Amp Free: $4.71/$10 remaining (replenishes +$0.42/hour)';
    assert.deepEqual(used(answered(parseAmpUsage(free, now))), [['daily', 52.9]]);
    const tier =
      '**Amp Megawatt Tier:** agent usage $150 of $200 remaining - orb usage 5h of 20h a1.small orb hours remaining - period 2026-11-01 to 2026-12-01 - resets upon renewal in 8 days';
    const paid = answered(parseAmpUsage(tier, now));
    assert.deepEqual(used(paid), [
      ['monthly', 25],
      ['monthly_orbs', 75],
    ]);
    assert.deepEqual([paid.plan, paid.windows[0]?.reset_at], ['Megawatt', '2026-12-01T00:00:00.000Z']);
    const older =
      'Subscription Megawatt: 97% other usage and 100% orb usage remaining - resets upon renewal in 29 days';
    const before = answered(parseAmpUsage(older, now));
    assert.deepEqual(
      [used(before)[0], before.windows[0]?.reset_at],
      [['monthly', 3], '2026-12-22T02:00:00.000Z'],
    );
  });

  it('is signed out, and not read, in its own words', () => {
    const out = "Error: Not logged in. Run 'amp login' to authenticate.";
    assert.equal(failed(parseAmpUsage(out, now)).outcome, 'signed_out');
    assert.match(failed(parseAmpUsage('Error: Cannot reach Amp servers.', now)).reason, /Cannot reach/);
  });
});

describe('the usage of Kiro', () => {
  it('has the credits of the month and the bonus', () => {
    const answer = answered(parseKiroUsage(usageFixture('kiro-usage.txt'), now));
    assert.deepEqual(used(answer), [
      ['monthly', 21.25],
      ['credits_bonus', 2.28],
    ]);
    assert.deepEqual([answer.plan, answer.windows[0]?.reset_at], ['KIRO PRO', '2026-12-01T00:00:00.000Z']);
  });

  it('reads its older form, whose reset has no year', () => {
    const old =
      '| KIRO FREE                 |\n█████████ 25%\n(12.50 of 50 covered in plan), resets on 01/15\n';
    const answer = answered(parseKiroUsage(old, now));
    assert.deepEqual([answer.plan, used(answer)], ['KIRO FREE', [['monthly', 25]]]);
    assert.equal(answer.windows[0]?.reset_at, '2027-01-15T00:00:00.000Z');
  });

  it('says overage, no figures and no login apart', () => {
    const paid =
      'Estimated Usage | resets on 2026-12-01 | KIRO PRO\nCredits (1000.00 of 1000 covered in plan)\n';
    assert.equal(answered(parseKiroUsage(paid, now)).status, 'limit_reached');
    assert.equal(
      answered(parseKiroUsage(`${paid}Overages: Enabled  billed at $0.04 per request`, now)).status,
      'overage_possible',
    );
    const managed = answered(parseKiroUsage('Plan: Q Developer Pro\nYour plan is managed by admin', now));
    assert.deepEqual([managed.plan, managed.warnings], ['Q Developer Pro', ['no limits reported']]);
    const out = 'Failed to initialize auth portal.\nerror: OAuth error: All callback ports are in use.';
    assert.equal(failed(parseKiroUsage(out, now)).outcome, 'signed_out');
  });
});

describe('the report of Antigravity', () => {
  it('has the windows of each group of models', () => {
    const answer = answered(parseAgyUsage(`loading\n${usageFixture('agy-usage.json')}`));
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.remaining_percent]),
      [
        ['weekly_gemini', 86],
        ['5h_gemini', 95],
        ['weekly_claude_and_gpt', 0],
      ],
    );
    assert.equal(answer.status, 'available');
  });

  it('is limit reached when no group has anything left', () => {
    const spent = change('agy-usage.json', ['0.86', '0']);
    assert.equal(answered(parseAgyUsage(spent)).status, 'limit_reached');
  });

  it('is no report where it was a turn, failed, or wants a login', () => {
    const turn = change('agy-usage.json', ['"num_turns": 0', '"num_turns": 1']);
    assert.equal(failed(parseAgyUsage(turn)).outcome, 'unsupported');
    assert.equal(failed(parseAgyUsage('{"status":"ERROR","error":"no session"}')).outcome, 'failed');
    assert.equal(
      failed(parseAgyUsage('Open https://accounts.google.com/o/oauth2/auth')).outcome,
      'signed_out',
    );
  });
});

const home = temporaryFolder();

/** A context in which nothing can be reached that the test does not give. */
const contextOf = (more: Partial<SourceContext>): SourceContext => ({
  env: {},
  home,
  now: () => now,
  agent: null,
  helpers: {},
  workdir: home,
  start: () => assert.fail('a program was started'),
  fetch: () => assert.fail('a service was asked'),
  signal: AbortSignal.timeout(60_000),
  ...more,
});

describe('a source that asks over HTTP', () => {
  const asked: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.end(usageFixture(FIXTURES[request.url ?? ''] ?? 'opencode-go.json'));
  });
  const FIXTURES: Record<string, string> = {
    '/usages': 'kimi-usages.json',
    '/api/monitor/usage/quota/limit': 'zai-quota.json',
    '/v1/token_plan/remains': 'minimax-remains.json',
    '/v1internal:retrieveUserQuota': 'gemini-quota.json',
  };
  after(() => server.close());
  const SOURCES: [source: UsageSource, keys: Record<string, string>, address: string][] = [
    [kimiUsages, { KIMI_CODE_API_KEY: 'k' }, 'KIMI_CODE_BASE_URL'],
    [kimiUsages, { KIMI_API_KEY: 'k' }, 'KIMI_CODE_BASE_URL'],
    [zaiQuota, { Z_AI_API_KEY: 'k' }, 'Z_AI_API_HOST'],
    [zaiQuota, { ZAI_API_KEY: 'k' }, 'Z_AI_API_HOST'],
    [minimaxRemains, { MINIMAX_API_KEY: 'k' }, 'MINIMAX_BASE_URL'],
    [geminiQuota, { GOOGLE_CLOUD_ACCESS_TOKEN: 'k', GOOGLE_GENAI_USE_GCA: 'true' }, 'CODE_ASSIST_ENDPOINT'],
  ];

  it('asks where its variable says, with the key of the environment, and never prints the key', async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const [source, keys, variable] of SOURCES) {
      const key = `made-up-${source.id}`;
      const env = Object.fromEntries(Object.entries(keys).map(([name, is]) => [name, is === 'k' ? key : is]));
      const reading = answered(await source.read(contextOf({ env: { ...env, [variable]: address }, fetch })));
      assert.ok(reading.windows.length > 0, source.id);
      assert.equal(asked.at(-1)?.headers.authorization, `Bearer ${key}`);
      assert.ok(!JSON.stringify(reading).includes(key));
    }
  });

  it('asks nobody without a key, and sends none without TLS', async () => {
    for (const [source, keys, variable] of SOURCES) {
      assert.equal(failed(await source.read(contextOf({}))).outcome, 'not_found');
      const env = { ...keys, [variable]: 'http://example.invalid' };
      assert.equal(failed(await source.read(contextOf({ env }))).outcome, 'unsupported');
    }
    const env = { MINIMAX_API_KEY: 'sk-api-made-up' };
    assert.match(failed(await minimaxRemains.read(contextOf({ env }))).reason, /paid by use/);
  });
});

describe('a source that asks through the agent', () => {
  /** A program of these lines of shell. */
  const asks = (source: UsageSource, script: string, more: Partial<SourceContext> = {}) =>
    source.read(
      contextOf({
        agent: ['/bin/sh', '-c', script, 'agent'],
        env: { PATH: process.env.PATH, FIXTURES: join(import.meta.dirname, '../../../fixtures/usage') },
        start: startChild,
        ...more,
      }),
    );
  const print = (fixture: string) => `cat <<'ANSWER'\n${usageFixture(fixture)}\nANSWER`;

  it('runs amp usage', async () => {
    const script = `[ "$*" = '--no-color usage' ] || exit 9; ${print('amp-usage.txt')}`;
    assert.equal(answered(await asks(ampUsage, script)).credits_remaining, 15.19);
  });

  it('talks to grok, and makes no session', async () => {
    const script = `[ "$*" = 'agent --no-leader stdio' ] || exit 9
read -r hello; read -r new; read -r old
case "$new$old" in *session*|*prompt*) exit 8;; *'"_x.ai/billing"'*) ${print('grok-billing.jsonl')}
;; esac
cat >/dev/null`;
    assert.equal(answered(await asks(grokBilling, script)).plan, 'SuperGrok');
  });

  it('asks kiro for its usage only when it is signed in', async () => {
    const script = (who: string) =>
      `case "$*" in whoami) ${who};; 'chat --no-interactive /usage') ${print('kiro-usage.txt')}\n;; *) exit 9;; esac`;
    assert.equal(answered(await asks(kiroUsage, script('echo Logged in with Google'))).plan, 'KIRO PRO');
    const out = `case "$*" in whoami) echo Not logged in; exit 1;; *) echo started >&2; exit 9;; esac`;
    assert.equal(failed(await asks(kiroUsage, out)).outcome, 'signed_out');
  });

  it('asks agy only where it was used, in a version that has the report, and ends it at a sign-in', async () => {
    const script = (version: string, rest: string) =>
      `if [ "$1" = --version ]; then echo ${version}; exit 0; fi; [ "$*" = '-p /usage --output-format json' ] || exit 9; ${rest}`;
    const report = print('agy-usage.json');
    assert.equal(failed(await asks(agyUsage, script('1.2.12', report))).outcome, 'not_found');
    const used = join(home, 'used');
    mkdirSync(join(used, '.gemini/antigravity-cli'), { recursive: true });
    const asked = (version: string, rest: string) => asks(agyUsage, script(version, rest), { home: used });
    assert.equal(answered(await asked('1.1.11', report)).windows.length, 3);
    assert.equal(failed(await asked('1.1.10', report)).outcome, 'unsupported');
    const login = 'echo "Please visit https://accounts.google.com/o/oauth2/auth"; exec sleep 300';
    assert.equal(failed(await asked('1.2.12', login)).outcome, 'signed_out');
  });
});
