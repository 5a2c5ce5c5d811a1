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
import type { UsageWindow, WindowKind } from '../contract/limits/sample.ts';
import { shareUsed } from '../contract/limits/shares.ts';
import { type Json, list, number, parseJson, record, text } from '../contract/limits/values.ts';

const URL = 'https://api.kimi.com/coding/v1';

/** The name that CodexBar gives it first, then Kimi Code's own. */
const KEYS = AGENTS['kimi-code'].separation.logins;

/**
 * What `/usage` of Kimi Code asks (packages/oauth/src/managed-usage.ts of MoonshotAI/kimi-code; the address and
 * KIMI_CODE_BASE_URL also in the program of 2.1.0). Undocumented. Only with a key of the environment: the login of the
 * agent is left to it.
 */
export const kimiUsages: UsageSource = {
  id: 'kimi-usages',
  provider: 'kimi-code',
  reach: 'network',
  reads: 'KIMI_CODE_API_KEY or KIMI_API_KEY, where it is set',
  hosts: ['api.kimi.com'],
  confidence: 'observed',
  deadline_ms: 8000,
  async read(context) {
    const found = keyIn(context.env, KEYS);
    if (found === null)
      return failure('not_found', 'kimi has no command for its limits, and KIMI_CODE_API_KEY is not set');
    const urlAt = (address: string) => `${address}/usages`;
    const service = { variable: 'KIMI_CODE_BASE_URL', usual: URL, urlAt };
    return askWithKey(context, found.key, service, parseKimiUsages);
  },
};

/** Its spelling has changed over time, as its own parser shows. */
const RESETS = ['resetTime', 'resetAt', 'reset_time', 'reset_at'];
const UNIT_MINUTES: [RegExp, number][] = [
  [/MINUTE/, 1],
  [/HOUR/, 60],
  [/DAY/, 1440],
  [/WEEK/, 10_080],
];

/**
 * `{usage: {limit, used, remaining, resetTime}, limits: [{window: {duration, timeUnit}, detail: {as usage}}],
 * user: {membership: {level}}, boosterWallet: {balance: {type, amount, amountLeft}}}`; the figures are often strings,
 * and one of `used` and `remaining` may be missing. `usage` is of the week.
 */
export function parseKimiUsages(body: string): UsageReading {
  const whole = record(parseJson(body));
  const isUsage = whole !== null && (record(whole.usage) !== null || Array.isArray(whole.limits));
  if (!isUsage) return failure('unreadable', 'the answer holds no usage');
  const windows = [
    ...meter(record(whole.usage), { kind: 'weekly', minutes: null }),
    ...list(whole.limits).flatMap((each) => {
      const limit = record(each);
      const minutes = minutesOf(record(limit?.window) ?? limit);
      return meter(record(limit?.detail) ?? limit, { kind: kindOfMinutes(minutes), minutes });
    }),
    ...booster(record(record(whole.boosterWallet)?.balance)),
  ];
  return answer({
    windows,
    plan: text(record(record(whole.user)?.membership)?.level)?.replace(/^LEVEL_/, '') ?? null,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

function meter(facts: Json | null, { kind, minutes }: { kind: WindowKind; minutes: number | null }) {
  const limit = number(facts?.limit);
  const remaining = number(facts?.remaining);
  const used = number(facts?.used) ?? (limit !== null && remaining !== null ? limit - remaining : null);
  if (facts === null || (limit === null && used === null)) return [];
  const resets = RESETS.map((name) => facts[name]).find((value) => text(value) !== null);
  return [
    usageWindow({
      kind,
      minutes,
      used: shareUsed(used, limit),
      used_units: used,
      remaining_units: remaining,
      resets,
      confidence: 'observed',
    }),
  ];
}

function minutesOf(window: Json | null): number | null {
  const duration = number(window?.duration);
  const unit = text(window?.timeUnit) ?? '';
  if (duration === null) return null;
  return duration * (UNIT_MINUTES.find(([name]) => name.test(unit))?.[1] ?? 1 / 60);
}

/** Bought on top of the plan: it stops nothing. */
function booster(balance: Json | null): UsageWindow[] {
  const amount = number(balance?.amount);
  const left = number(balance?.amountLeft);
  if (text(balance?.type) !== 'BALANCE_BOOSTER' || amount === null || left === null || amount <= 0) return [];
  const used = shareUsed(Math.max(0, amount - left), amount);
  return [usageWindow({ kind: 'credits', scope: 'extra usage', used, confidence: 'observed' })];
}
