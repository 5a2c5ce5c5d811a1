import { usageWindow } from '../../contract/limits/reading.ts';
import type { Confidence, UsageWindow, WindowKind } from '../../contract/limits/sample.ts';
import { label } from '../../contract/limits/scrub.ts';
import { type Json, number, percentLeft, shareOf, text } from '../../contract/limits/values.ts';

/** The quota of the plan itself: AI credits since June 2026, premium requests before; the field kept its old name. */
export const PREMIUM = 'premium_interactions';
const AI_CREDITS = /(?:^|_)ai_credits?(?:_|$)/;

/** Whether a quota is what the plan gives, under its old name or its new one. */
export const isOfPlan = (key: string): boolean => key === PREMIUM || AI_CREDITS.test(snake(key));

/** One quota of a snapshot: the CLI's server writes it in camel case, GitHub's endpoint with underscores. */
export interface CopilotQuota {
  /** As a word of ours: nothing of an unknown name that could be a secret. */
  id: string;
  unlimited: boolean;
  /** Work beyond it would be billed. */
  overage: boolean;
  /** Requests beyond it were made and billed. */
  paying: boolean;
  window: UsageWindow | null;
}

/** The same facts under both spellings. */
const field = (quota: Json, ...names: string[]): unknown =>
  names.map((name) => quota[name]).find((v) => v != null);

/** Windows that are named by their length; all others run for a month. */
const LENGTHS: readonly [pattern: RegExp, kind: WindowKind][] = [
  [/(?:^|_)(?:session|5_?h|five_?hours?|hourly)(?:_|$)/, '5h'],
  [/(?:^|_)(?:weekly|week|7_?d|seven_?days?)(?:_|$)/, 'weekly'],
  [/(?:^|_)(?:daily|day|24_?h)(?:_|$)/, 'daily'],
];
const MONTHLY = /(?:^|_)(?:monthly|month)(?:_|$)/;

const snake = (id: string): string => id.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/**
 * A quota as a window. -1 means unlimited; a quota of 0, or one that the account does not have (`has_quota`), is a
 * placeholder, unless something of it was used. Less than nothing left is what was used beyond it.
 */
export function readQuota(
  key: string,
  quota: Json,
  given: { resets: unknown; bindsPlan?: boolean; confidence: Confidence },
): CopilotQuota {
  const name = snake(text(field(quota, 'quotaId', 'quota_id')) ?? key);
  const id = label(snake(key)) ?? 'a quota';
  const length = LENGTHS.find(([pattern]) => pattern.test(name) || pattern.test(snake(key)))?.[1];
  const total = number(field(quota, 'entitlementRequests', 'entitlement'));
  const hasQuota = field(quota, 'hasQuota', 'has_quota');
  const unlimited = field(quota, 'isUnlimitedEntitlement', 'unlimited') === true || total === -1;
  const none = { id, unlimited, overage: false, paying: false, window: null };
  if (unlimited) return none;
  const remaining = number(field(quota, 'quota_remaining', 'remaining', 'remainingRequests'));
  const counted = number(field(quota, 'usedRequests', 'creditsUsed', 'credits_used', 'used'));
  const used = counted ?? (total === null || remaining === null ? null : total - remaining);
  if (total === 0 && (used ?? 0) <= 0 && (remaining ?? 0) <= 0) return none;
  const units = remaining ?? (total === null || used === null ? null : total - used);
  const share = total !== null && total > 0 ? shareOf(units, total) : null;
  const left =
    percentLeft(field(quota, 'remainingPercentage', 'percent_remaining')) ??
    // What is carried over from another month can be more than this one gives.
    (share === null ? null : Math.min(100, share));
  // Without a figure, `has_quota: false` means that nothing is left, of a quota that there is.
  if (left === null && units === null && hasQuota === false && total === null) return none;
  const isPlan = name === PREMIUM || key === PREMIUM || length !== undefined || MONTHLY.test(name);
  const isCredits = !isPlan && (AI_CREDITS.test(name) || AI_CREDITS.test(snake(key)));
  const mayPay =
    field(quota, 'usageAllowedWithExhaustedQuota', 'overage_permitted') === true ||
    quota.overageAllowedWithExhaustedQuota === true;
  const isTokenBased = field(quota, 'tokenBasedBilling', 'token_based_billing');
  return {
    id,
    unlimited: false,
    overage: (isPlan || isCredits) && mayPay,
    paying: (isPlan || isCredits) && (number(field(quota, 'overage', 'overage_count')) ?? 0) > 0 && mayPay,
    window: usageWindow({
      kind: length ?? 'monthly',
      scope: isPlan ? null : isCredits ? 'AI credits' : id,
      ...(isPlan ? {} : { models: [] }),
      binds_plan: isCredits || (!isPlan && given.bindsPlan === true),
      remaining: hasQuota === false && left === null ? 0 : left,
      used_units: used === null ? null : Math.max(0, used),
      remaining_units: units === null ? null : Math.max(0, units),
      unit: isTokenBased === false ? 'requests' : 'credits',
      resets: given.resets,
      confidence: given.confidence,
    }),
  };
}
