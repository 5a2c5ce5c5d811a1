import { AGENTS } from '../../config/provider-ids.ts';
import { askWithKey, keyIn } from '../contract/limits/address.ts';
import {
  answer,
  failure,
  kindOfMinutes,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { UsageWindow } from '../contract/limits/sample.ts';
import { quoted } from '../contract/limits/scrub.ts';
import { shareUsed } from '../contract/limits/shares.ts';
import { type Json, list, number, parseJson, record, text } from '../contract/limits/values.ts';

const KEYS = AGENTS['zai-glm'].separation.logins;

/**
 * What the vendor's own plugin for Claude Code asks (zai-org/zai-coding-plugins, `query-usage.mjs`), and CodexBar
 * (ZaiUsageStats.swift), from which Z_AI_API_HOST is. Undocumented; a team's plan does not answer to it.
 */
export const zaiQuota: UsageSource = {
  id: 'zai-quota',
  provider: 'zai-glm',
  reach: 'network',
  reads: 'Z_AI_API_KEY or ZAI_API_KEY, where it is set',
  hosts: ['api.z.ai'],
  confidence: 'observed',
  deadline_ms: 8000,
  async read(context) {
    const found = keyIn(context.env, KEYS);
    if (found === null) return failure('not_found', 'Z_AI_API_KEY is not set');
    const urlAt = (address: string) => `${address}/api/monitor/usage/quota/limit`;
    const service = { variable: 'Z_AI_API_HOST', usual: 'https://api.z.ai', urlAt };
    return askWithKey(context, found.key, service, parseZaiQuota);
  },
};

/** Minutes of a `unit`; 5 is the month of the tools, and means nothing certain elsewhere. */
const UNITS: Readonly<Record<number, { minutes: number; usual: number }>> = {
  1: { minutes: 1440, usual: 1 },
  3: { minutes: 60, usual: 5 },
  6: { minutes: 10_080, usual: 1 },
};

/**
 * `{success, code, msg, data: {level, limits: [{type, unit, number, percentage, usage, currentValue, remaining,
 * nextResetTime}]}}`: `percentage` is used, `usage` is the limit, times are epoch milliseconds. TOKENS_LIMIT and
 * CREDIT_LIMIT bind the plan; TIME_LIMIT is the month of its search and reading tools. Failures come as HTTP 200.
 */
export function parseZaiQuota(body: string): UsageReading {
  const whole = record(parseJson(body));
  const data = record(whole?.data);
  if (whole === null || (data === null && whole.success === undefined))
    return failure('unreadable', 'the answer holds no limits');
  if (whole.success === false || data === null) return refusal(text(whole.msg) ?? '', number(whole.code));
  const windows = list(data.limits).flatMap((each) => windowOf(record(each)));
  const plan = ['planName', 'plan', 'plan_type', 'packageName', 'level'].map((name) => text(data[name]));
  return answer({
    windows,
    plan: plan.find((name) => name !== null) ?? null,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

function windowOf(limit: Json | null): UsageWindow[] {
  const type = text(limit?.type);
  if (limit === null || type === null) return [];
  const most = number(limit.usage);
  const remaining = number(limit.remaining);
  const spent = number(limit.currentValue) ?? (most !== null && remaining !== null ? most - remaining : null);
  const given = number(limit.percentage);
  const facts = {
    used: given !== null && given >= 0 ? given : shareUsed(spent, most),
    used_units: spent,
    remaining_units: remaining,
    resets: limit.nextResetTime,
    confidence: 'observed',
  } as const;
  if (type === 'TIME_LIMIT') return [usageWindow({ ...facts, kind: 'monthly', scope: 'tools', models: [] })];
  const unit = UNITS[number(limit.unit) ?? 0];
  const minutes = unit ? unit.minutes * (number(limit.number) ?? unit.usual) : null;
  const known = ['TOKENS_LIMIT', 'CREDIT_LIMIT'].includes(type);
  return [usageWindow({ ...facts, kind: kindOfMinutes(minutes), minutes, scope: known ? null : type })];
}

function refusal(message: string, code: number | null): UsageReading {
  const words = `the service answered with code ${code ?? 'unknown'}${quoted(message)}`;
  if (/coding ?plan/i.test(message)) return failure('unsupported', words);
  return failure(
    code === 401 || /auth|token|api ?key|unauthori[sz]ed/i.test(message) ? 'refused' : 'failed',
    words,
  );
}
