import type { Blocked } from '../../../events/catalogue/usage.ts';
import { usageWindow } from '../../contract/limits/reading.ts';
import type { Confidence, UsageWindow } from '../../contract/limits/sample.ts';
import { label } from '../../contract/limits/scrub.ts';
import { instant, type Json, number, percent, record, shareOf, text } from '../../contract/limits/values.ts';
import { money } from './pools.ts';

/** Money that work may cost: beyond the windows of a plan, or in their place. */
export interface Budget {
  windows: UsageWindow[];
  /** Work beyond the plan would be billed. */
  mayPay: boolean;
  blocked: Blocked | null;
  unlimited: boolean;
  warnings: string[];
}

interface Spending {
  isEnabled: boolean;
  limit: number | null;
  used: number | null;
  /** Percent of the limit. */
  share: number | null;
  unit: string;
  resets: unknown;
  /** Claude's word for why no more may be spent: `out_of_credits`, `org_spend_cap_reached`. */
  reason: string | null;
}

/**
 * `extra_usage` and the newer `spend` of Claude (2.1.332; amounts in minor units). With `inPlace` the plan has no windows
 * of its own: an Enterprise seat, whose monthly budget is the one limit that binds.
 */
export function budgetOf(
  limits: Json,
  { inPlace, confidence }: { inPlace: boolean; confidence: Confidence },
): Budget {
  const spending = spendingOf(record(limits.extra_usage), record(limits.spend));
  const { isEnabled, limit, used, share, reason } = spending;
  const isSpent =
    reason !== null ||
    (share !== null && share >= 100) ||
    (limit !== null && used !== null && used > 0 && used >= limit);
  if (inPlace && (limit !== null || isEnabled || reason !== null)) {
    const until = instant(spending.resets);
    return {
      windows: limit === null ? [] : [windowOf(spending, { kind: 'monthly', scope: null }, confidence)],
      mayPay: false,
      blocked: isSpent ? { reason: reason ?? 'budget_spent', until } : null,
      unlimited: limit === null && isEnabled && !isSpent,
      warnings: reason === null ? [] : [`no more may be spent: ${reason}`],
    };
  }
  const isShown = isEnabled || reason !== null;
  const isKnown = limit !== null || used !== null || share !== null;
  return {
    windows:
      isShown && isKnown ? [windowOf(spending, { kind: 'on_demand', scope: 'extra usage' }, confidence)] : [],
    mayPay: isEnabled && !isSpent,
    blocked: null,
    unlimited: false,
    warnings: reason === null ? [] : [`extra usage is off: ${reason}`],
  };
}

function spendingOf(extra: Json | null, spend: Json | null): Spending {
  const scale = 10 ** (number(extra?.decimal_places) ?? 2);
  const major = (minor: number | null): number | null => (minor === null ? null : minor / scale);
  const limit = major(number(extra?.monthly_limit)) ?? money(spend?.limit);
  const used = major(number(extra?.used_credits)) ?? money(spend?.used);
  const reason = text(extra?.disabled_reason) ?? text(spend?.disabled_reason);
  return {
    isEnabled: extra?.is_enabled === true || spend?.enabled === true,
    limit,
    used,
    share:
      percent(extra?.utilization) ??
      shareOf(used, limit) ??
      (limit === null ? null : percent(spend?.percent)),
    unit: (text(extra?.currency) ?? text(record(spend?.used)?.currency) ?? 'usd').toLowerCase(),
    resets: extra?.resets_at ?? spend?.resets_at ?? null,
    reason:
      reason !== null
        ? (label(reason) ?? 'no reason given')
        : extra?.spend_limit_reached === true
          ? 'spend_limit_reached'
          : null,
  };
}

function windowOf(
  { limit, used, share, unit, resets }: Spending,
  named: Pick<UsageWindow, 'kind' | 'scope'>,
  confidence: Confidence,
): UsageWindow {
  const left = limit === null || used === null ? null : Math.max(0, limit - used);
  return usageWindow({
    ...named,
    used: share,
    used_units: used,
    remaining_units: left,
    unit,
    resets,
    confidence,
  });
}
