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
import { scrub } from '../contract/limits/scrub.ts';
import { type Json, list, number, parseJson, percentLeft, record, text } from '../contract/limits/values.ts';

const KEYS = AGENTS.minimax.separation.logins;

/**
 * `GET /v1/token_plan/remains`, which the FAQ of the Token Plan names and the vendor's own `mmx quota` asks (run with
 * 1.0.27 against a server on this machine: the same request, the same figures). Keys of mainland China ask
 * api.minimaxi.com: MINIMAX_BASE_URL says so. Of what it names, the path is left out: other programs keep that of the
 * models there.
 */
export const minimaxRemains: UsageSource = {
  id: 'minimax-remains',
  provider: 'minimax',
  reach: 'network',
  reads: 'MINIMAX_CODING_API_KEY or MINIMAX_API_KEY, where it is set',
  hosts: ['api.minimax.io'],
  confidence: 'observed',
  deadline_ms: 8000,
  async read(context) {
    const found = keyIn(context.env, KEYS);
    if (found === null) return failure('not_found', 'MINIMAX_CODING_API_KEY is not set');
    if (found.key.startsWith('sk-api-'))
      return failure('unsupported', `${found.variable} is a key that is paid by use: it has no plan`);
    const urlAt = (address: string) => `${new URL(address).origin}/v1/token_plan/remains`;
    const service = { variable: 'MINIMAX_BASE_URL', usual: 'https://api.minimax.io', urlAt };
    return askWithKey(context, found.key, service, parseMinimaxRemains);
  },
};

/** `current_*_status`. */
const WITHOUT_LIMIT = 3;

/**
 * `{base_resp: {status_code, status_msg}, model_remains: [{model_name, current_interval_remaining_percent,
 * current_interval_total_count, current_interval_usage_count, current_interval_status, start_time, end_time, and the
 * same with `weekly`}]}`, times in epoch milliseconds. `general` is the quota of its coding models. Without a
 * percentage, `usage_count` is what is left of `total_count`, whatever its name (MiniMax-AI/MiniMax-M2, issue 99).
 */
export function parseMinimaxRemains(body: string): UsageReading {
  const whole = record(parseJson(body));
  const data = record(whole?.data) ?? whole;
  const status = record(data?.base_resp) ?? record(whole?.base_resp);
  const code = number(status?.status_code) ?? 0;
  if (code !== 0) return refusal(code, text(status?.status_msg) ?? `status ${code}`);
  if (data === null || !('model_remains' in data)) return failure('unreadable', 'the answer holds no quota');
  const rows = list(data.model_remains)
    .map(record)
    .filter((row) => row !== null);
  const included = rows.filter((row) => !isLeftOut(row));
  const coding = included.filter(({ model_name }) => isCoding(text(model_name) ?? ''));
  const windows = included.flatMap((row) => windowsOf(row, coding.length === 1 && row === coding[0]));
  const free = coding.some(({ current_weekly_status }) => number(current_weekly_status) === WITHOUT_LIMIT);
  return answer({
    windows,
    plan: ['current_subscribe_title', 'plan_name'].map((name) => text(data[name])).find(Boolean) ?? null,
    warnings: windows.length === 0 ? [NO_LIMITS] : free ? ['no weekly limit'] : [],
  });
}

const isCoding = (name: string): boolean => name === 'general' || /^minimax-m/i.test(name);

/** Models that the plan does not include look untouched. `mmx` recognises them like this. */
const isLeftOut = (row: Json): boolean =>
  ['interval', 'weekly'].every(
    (span) =>
      number(row[`current_${span}_status`]) === WITHOUT_LIMIT &&
      number(row[`current_${span}_total_count`]) === 0,
  );

function windowsOf(row: Json, bindsAll: boolean): UsageWindow[] {
  const scope = bindsAll ? null : text(row.model_name);
  return (['interval', 'weekly'] as const).flatMap((span) => {
    const remaining = leftOf(row, span);
    if (number(row[`current_${span}_status`]) === WITHOUT_LIMIT || remaining === null) return [];
    const prefix = span === 'weekly' ? 'weekly_' : '';
    const [start, end] = [number(row[`${prefix}start_time`]), number(row[`${prefix}end_time`])];
    const minutes = start !== null && end !== null && end > start ? (end - start) / 60_000 : null;
    const kind = minutes === null ? (span === 'weekly' ? 'weekly' : '5h') : kindOfMinutes(minutes);
    return [usageWindow({ kind, scope, remaining, minutes, resets: end, confidence: 'observed' })];
  });
}

function leftOf(row: Json, span: 'interval' | 'weekly'): number | null {
  const given = row[`current_${span}_remaining_percent`];
  if (number(given) !== null) return percentLeft(given);
  const total = number(row[`current_${span}_total_count`]) ?? 0;
  const left = number(row[`current_${span}_usage_count`]);
  return total > 0 && left !== null && left <= total ? Math.round((left / total) * 10_000) / 100 : null;
}

function refusal(code: number, said: string): UsageReading {
  const message = scrub(said);
  if (code === 1004 || /log ?in|api ?key|unauthori[sz]ed/i.test(message)) return failure('refused', message);
  // 2045: overloaded.
  if (code === 429 || code === 2045 || code === 1002) return failure('rate_limited', message);
  return failure(code === 2062 || /plan/i.test(message) ? 'unsupported' : 'failed', message);
}
