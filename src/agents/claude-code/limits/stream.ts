import { answer, failure, type UsageReading, usageWindow } from '../../contract/limits/reading.ts';
import type { UsageStatus } from '../../contract/limits/sample.ts';
import {
  type Json,
  jsonLines,
  number,
  parseJson,
  percent,
  record,
  text,
} from '../../contract/limits/values.ts';
import { isPaying } from './limits.ts';
import { FIELDS } from './windows.ts';

/** The names of the fields of get_usage; the overage is what a request counts to beyond them. */
const named = (type: string) =>
  FIELDS[type] ??
  (type === 'overage'
    ? ({ kind: 'on_demand', scope: 'extra usage' } as const)
    : ({ kind: 'unknown', scope: type } as const));

const STATUSES: Record<string, UsageStatus> = {
  allowed: 'available',
  allowed_warning: 'near_limit',
  rejected: 'limit_reached',
};

/**
 * What a working Claude says of its limits in its stream-json output: the newest rate_limit_event of each type.
 * `utilization` is a share of 1 in some versions and a percentage in others; only a whole 1 can be both.
 */
export function parseClaudeStream(output: string): UsageReading {
  const newest = new Map<string, Json>();
  for (const line of jsonLines(output)) {
    const info = record(line.rate_limit_info);
    if (line.type === 'rate_limit_event' && info) newest.set(text(info.rateLimitType) ?? 'unnamed', info);
  }
  if (newest.size === 0) return failure('not_found', 'the stream reports no limits');
  const windows = [...newest].map(([type, info]) => {
    const share = number(info.utilization);
    const given = percent(share !== null && share <= 1 ? share * 100 : share);
    const used = info.status === 'rejected' ? Math.max(100, given ?? 100) : given;
    return usageWindow({ ...named(type), used, resets: info.resetsAt, confidence: 'provider_warning' });
  });
  const words = [...newest.values()].map((info) => STATUSES[text(info.status) ?? ''] ?? 'unknown');
  const order: UsageStatus[] = ['limit_reached', 'near_limit', 'available'];
  const status = order.find((status) => words.includes(status)) ?? 'unknown';
  return answer({ windows, status: [...newest.values()].some(isPaid) ? 'overage_possible' : status });
}

/**
 * Whether requests are answered beyond the plan: said so, the overage itself is what a request counts to, or the
 * plan rejects it and the overage allows it (`anthropic-ratelimit-unified-overage-status`).
 */
function isPaid(info: Json): boolean {
  const { status, rateLimitType, overageStatus } = info;
  if (isPaying(info)) return true;
  if (rateLimitType === 'overage') return status !== 'rejected';
  return status === 'rejected' && (overageStatus === 'allowed' || overageStatus === 'allowed_warning');
}

/** The limits in the JSON that Claude gives its status line. */
export function parseClaudeStatusline(input: string): UsageReading {
  const limits = record(record(parseJson(input))?.rate_limits);
  const windows = Object.entries(limits ?? {}).flatMap(([type, value]) => {
    const window = record(value);
    return window
      ? [
          usageWindow({
            ...named(type),
            used: percent(window.used_percentage),
            resets: window.resets_at,
            confidence: 'provider_warning',
          }),
        ]
      : [];
  });
  return windows.length === 0
    ? failure('not_found', 'the status line reports no limits')
    : answer({ windows });
}
