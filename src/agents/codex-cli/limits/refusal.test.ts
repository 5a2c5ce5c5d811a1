import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import zlib from 'node:zlib';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { answered, failed } from '../../../usage/testing/readings.ts';
import type { SourceContext } from '../../contract/limits/reading.ts';
import { parseCodexAppServer } from './app-server.ts';
import { codexRollouts, parseCodexRollouts } from './rollouts.ts';
import { modelsOf } from './snapshot.ts';

/** As codex 0.171.0 answers; epoch seconds. */
const RESET = 1795406400;
const LATER = 1795694400;
const win = (usedPercent: number, windowDurationMins: number, resetsAt: number) => ({
  usedPercent,
  windowDurationMins,
  resetsAt,
});
const plan = {
  limitId: 'codex',
  planType: 'business',
  primary: win(12, 300, RESET),
  secondary: win(30, 10_080, LATER),
};
const read = (result: object) => parseCodexAppServer(JSON.stringify({ id: 3, result }));
const refusalIn = (result: object) => {
  const { status, blocked } = answered(read(result));
  return [status, blocked?.reason ?? null, blocked?.until ?? null];
};
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

describe('a refusal by codex itself', () => {
  it('stands, whatever the windows have left', () => {
    assert.deepEqual(refusalIn({ ordinaryUsageAllowed: false, rateLimits: plan }), [
      'limit_reached',
      'ordinary_usage_not_allowed',
      null,
    ]);
    assert.deepEqual(refusalIn({ rateLimits: { ...plan, spendControlReached: true } }), [
      'limit_reached',
      'spend_control_reached',
      null,
    ]);
    assert.deepEqual(refusalIn({ ordinaryUsageAllowed: true, rateLimits: plan }), ['available', null, null]);
    assert.deepEqual(refusalIn({ ordinaryUsageAllowed: null, rateLimits: plan }), ['available', null, null]);
  });

  it('has one of five types, and ends with what blocks', () => {
    for (const type of [
      'workspace_owner_credits_depleted',
      'workspace_member_credits_depleted',
      'workspace_owner_usage_limit_reached',
      'workspace_member_usage_limit_reached',
    ]) {
      const credits = { hasCredits: true, unlimited: false, balance: '5' };
      assert.deepEqual(refusalIn({ rateLimits: { ...plan, credits, rateLimitReachedType: type } }), [
        'limit_reached',
        type,
        null,
      ]);
    }
    const reached = { ...plan, primary: win(100, 300, RESET), rateLimitReachedType: 'rate_limit_reached' };
    assert.deepEqual(refusalIn({ rateLimits: reached }), ['limit_reached', 'rate_limit_reached', iso(RESET)]);
    const both = { ...reached, secondary: win(104, 10_080, LATER) };
    assert.deepEqual(refusalIn({ rateLimits: both })[2], iso(LATER));
    const unknown = { ...plan, rateLimitReachedType: 'for someone@example.invalid' };
    assert.doesNotMatch(String(refusalIn({ rateLimits: unknown })[1]), /@/);
  });

  it('is none while credits can be drawn, and credits of 0 cannot', () => {
    const spent = { ...plan, primary: win(100, 300, RESET), rateLimitReachedType: 'rate_limit_reached' };
    const credits = (balance: string) => ({ hasCredits: true, unlimited: false, balance });
    assert.deepEqual(refusalIn({ rateLimits: { ...spent, credits: credits('3') } })[0], 'overage_possible');
    assert.deepEqual(refusalIn({ rateLimits: { ...spent, credits: credits('0') } })[0], 'limit_reached');
  });

  it('by the limit of a member lasts until that resets, which is shown as a window of its own', () => {
    const individualLimit = { limit: '100', used: '100', remainingPercent: 0, resetsAt: LATER };
    const limits = { ...plan, individualLimit, rateLimitReachedType: 'workspace_member_credits_depleted' };
    const answer = answered(read({ ordinaryUsageAllowed: false, rateLimits: limits }));
    assert.deepEqual(answer.blocked, { reason: 'workspace_member_credits_depleted', until: iso(LATER) });
    const member = answer.windows.find(({ name }) => name === 'credits_individual_limit');
    assert.deepEqual(
      [member?.remaining_percent, member?.used_units, member?.unit, member?.binds_plan],
      [0, 100, 'credits', true],
    );
    const allowed = answered(read({ ordinaryUsageAllowed: true, rateLimits: { ...plan, individualLimit } }));
    assert.equal(allowed.windows.find(({ kind }) => kind === 'credits')?.binds_plan, undefined);
    assert.equal(allowed.blocked, null);
  });
});

describe('a bucket of a model', () => {
  const spark = { limitId: 'x', limitName: 'GPT-5.3-Codex-Spark', primary: win(100, 300, RESET) };

  it('is not taken for the plan where it is the one in use', () => {
    const answer = answered(read({ rateLimits: spark, rateLimitsByLimitId: { codex: plan, x: spark } }));
    assert.deepEqual([answer.status, answer.plan], ['available', 'business']);
    assert.deepEqual(
      answer.windows.map(({ name }) => name),
      ['5h', 'weekly', '5h_gpt_5_3_codex_spark'],
    );
  });

  it('may be all that an error names', () => {
    const message = "You've hit your usage limit for GPT-5.3-Codex-Spark. Try again in 2 hours.";
    const error = JSON.stringify({ id: 3, error: { code: 1, message } });
    const answer = answered(parseCodexAppServer(error, new Date('2026-11-23T02:00:00Z')));
    const [window] = answer.windows;
    assert.deepEqual(
      [answer.status, window?.models, window?.reset_at],
      ['available', ['GPT-5.3-Codex-Spark'], '2026-11-23T04:00:00.000Z'],
    );
  });
});

describe('credits in place of windows', () => {
  const workspace = (balance: string) => ({
    limitId: 'codex',
    planType: 'enterprise',
    credits: { hasCredits: true, unlimited: false, balance },
  });

  it('are the limit, once they are spent', () => {
    assert.deepEqual(refusalIn({ rateLimits: workspace('0') }), ['limit_reached', 'credits_depleted', null]);
    assert.deepEqual(refusalIn({ rateLimits: workspace('5') }), ['available', null, null]);
    assert.deepEqual(refusalIn({ ordinaryUsageAllowed: true, rateLimits: workspace('0') }), [
      'available',
      null,
      null,
    ]);
  });
});

describe('what codex says beside its windows', () => {
  it('counts the seconds until a reset from when the figures were taken', () => {
    const soon = { usedPercent: 100, windowDurationMins: 300, resetsInSeconds: 3600 };
    const app = JSON.stringify({ id: 3, result: { rateLimits: { ...plan, primary: soon } } });
    const [window] = answered(parseCodexAppServer(app, new Date('2026-11-23T02:00:00Z'))).windows;
    assert.equal(window?.reset_at, '2026-11-23T03:00:00.000Z');
    const limits = { primary: { used_percent: 100, window_minutes: 299, resets_in_seconds: 3600 } };
    const payload = { type: 'token_count', rate_limits: limits };
    const line = JSON.stringify({ timestamp: '2026-11-23T01:00:00Z', type: 'event_msg', payload });
    assert.equal(answered(parseCodexRollouts(line)).windows[0]?.reset_at, '2026-11-23T02:00:00.000Z');
  });

  it('names the models of a bucket, and none for a use such as code review', () => {
    assert.deepEqual(modelsOf('GPT-5.3-Codex-Spark', null), ['GPT-5.3-Codex-Spark']);
    assert.deepEqual(modelsOf('Luna Reserve', 'gpt-5.6-luna'), ['gpt-5.6-luna', 'Luna']);
    assert.deepEqual(modelsOf('code_review', null), []);
    const buckets = {
      codex: plan,
      x: { limitId: 'x', limitName: 'Luna Reserve', primary: win(100, 300, RESET) },
    };
    const answer = answered(read({ rateLimits: plan, rateLimitsByLimitId: buckets }));
    assert.deepEqual([answer.blocked, answer.windows.at(-1)?.models], [null, ['Luna']]);
  });

  it('counts reset credits with their first expiry', () => {
    const credit = (expiresAt: number | null, status = 'available') => ({ id: 'x', expiresAt, status });
    const credits = [credit(LATER), credit(RESET), credit(1, 'redeemed'), credit(null)];
    const answer = answered(
      read({ rateLimits: plan, rateLimitResetCredits: { availableCount: 3, credits } }),
    );
    assert.deepEqual(answer.warnings, ['3 reset credits, the first expires 2026-11-23']);
    assert.deepEqual(answer.raw, { reset_credits: 3, reset_credits_expire_at: [iso(RESET), iso(LATER)] });
    assert.deepEqual(answered(read({ rateLimits: plan, rateLimitResetCredits: null })).warnings, []);
  });

  it('is unlimited where its credits are, and no window is there', () => {
    const rateLimits = { limitId: 'codex', primary: null, credits: { hasCredits: true, unlimited: true } };
    assert.deepEqual(
      [answered(read({ rateLimits })).unlimited, refusalIn({ rateLimits })[0]],
      [true, 'available'],
    );
  });

  it('tells the account as a hash alone', () => {
    const { account } = answered(read({ rateLimits: plan, accountId: 'acc-1' }));
    assert.match(account ?? '', /^[0-9a-f]{16}$/);
    assert.notEqual(account, answered(read({ rateLimits: plan, accountId: 'acc-2' })).account);
  });

  it('names a web page in an error, and when to ask again', () => {
    const error = (message: string) =>
      parseCodexAppServer(JSON.stringify({ id: 3, error: { message } }), new Date(RESET * 1000));
    assert.match(failed(error('failed: 403; body=<!DOCTYPE html><html>')).reason, /^a web page answered/);
    const spent = answered(error("You've hit your usage limit. Upgrade to Pro or try again at 11:45 PM."));
    assert.deepEqual([spent.status, spent.windows[0]?.used_percent], ['limit_reached', 100]);
    const limited = failed(error('GET x failed: 429 Too Many Requests; retry-after: 60'));
    assert.deepEqual([limited.outcome, limited.retry_at], ['rate_limited', iso(RESET + 60)]);
  });
});

describe('what codex wrote down', () => {
  const line = (limits: object) =>
    JSON.stringify({
      timestamp: '2026-11-23T01:00:00Z',
      payload: { type: 'token_count', rate_limits: { limit_id: 'codex', ...limits } },
    });

  it('holds its refusals too', () => {
    const individual_limit = { limit: '10', used: '10', remaining_percent: 0, resets_at: LATER };
    const answer = answered(parseCodexRollouts(line({ individual_limit, spend_control_reached: true })));
    assert.deepEqual(answer.blocked, { reason: 'spend_control_reached', until: iso(LATER) });
  });

  it('is read from a compressed session as from another', async () => {
    const home = temporaryFolder();
    const folder = join(home, '.codex', 'sessions', '2026', '11', '23');
    mkdirSync(folder, { recursive: true });
    const text = `${line({ primary: { used_percent: 63, window_minutes: 300, resets_at: RESET } })}\n`;
    const compress = (zlib as { zstdCompressSync?: (data: string) => Buffer }).zstdCompressSync ?? stored;
    writeFileSync(join(folder, 'rollout-a.jsonl.zst'), compress(text));
    writeFileSync(join(folder, 'rollout-b.jsonl.zst'), 'damaged');
    const context = { home, env: { CODEX_HOME: '' } } as unknown as SourceContext;
    assert.equal(answered(await codexRollouts.read(context)).windows[0]?.used_percent, 63);
  });
});

/** A zstd frame with one raw block (RFC 8878, 3.1.1): magic number, single segment with a size of four bytes, block. */
function stored(text: string): Buffer {
  const data = Buffer.from(text);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  const header = (data.length << 3) | 1;
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]),
    size,
    Buffer.from([header & 0xff, (header >> 8) & 0xff, (header >> 16) & 0xff]),
    data,
  ]);
}
