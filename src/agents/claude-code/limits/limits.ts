import { answer, failure, NO_LIMITS, type UsageReading } from '../../contract/limits/reading.ts';
import type { Confidence } from '../../contract/limits/sample.ts';
import { type Json, record } from '../../contract/limits/values.ts';
import { type Budget, budgetOf } from './budget.ts';
import { poolsOf } from './pools.ts';
import { windowsOf } from './windows.ts';

/** Any of these says that Claude has its limits, even if each is null (2.1.332 tests the same). */
const KNOWN = ['limits', 'five_hour', 'seven_day', 'seven_day_opus', 'seven_day_sonnet', 'extra_usage'];

/** The limits of get_usage and of the cache file, which are of one shape. */
export function readClaudeLimits(
  limits: Json,
  { plan, account_id = null }: { plan: string | null; account_id?: string | null },
  confidence: Confidence,
): UsageReading {
  if (!KNOWN.some((name) => name in limits)) return failure('unreadable', 'claude sent no limits');
  const listed = Array.isArray(limits.limits);
  const { windows, active } = windowsOf(limits, confidence);
  const pools = poolsOf(limits, confidence);
  const isPlanKnown = windows.some(({ scope }) => scope === null);
  const budget = budgetOf(limits, { inPlace: !isPlanKnown && isOfACompany(plan), confidence });
  const all = [...windows, ...budget.windows, ...pools.windows];
  return answer({
    windows: all,
    plan,
    account_id,
    overage: budget.mayPay && isPlanKnown,
    paying: isPlanKnown && (isPaying(limits) || isPaying(record(limits.extra_usage))),
    blocked: budget.blocked,
    unlimited: budget.unlimited,
    // When the fetch fails, Claude answers from a cache up to an hour old, which lacks the list.
    stale: !listed,
    warnings: [
      ...emptiness(all.length, budget),
      ...budget.warnings,
      ...pools.warnings,
      ...(listed ? [] : ['Claude answered from its cache']),
    ],
    raw: active.length > 0 ? { active_windows: active } : {},
  });
}

function emptiness(windows: number, { unlimited, blocked }: Budget): string[] {
  if (unlimited) return ['the plan is unlimited'];
  return windows === 0 && blocked === null ? [NO_LIMITS] : [];
}

/** Plans of one person have windows, and what they pay beyond them is no budget in place of them. */
const isOfACompany = (plan: string | null): boolean => plan === null || !/^(?:free|pro|max)/i.test(plan);

/** Claude's own words for paid use (2.1.330); the cents of a month say nothing about now. */
export const isPaying = (facts: Json | null): boolean =>
  ['is_using_overage', 'isUsingOverage', 'overage_in_use', 'overageInUse', 'in_use', 'is_in_use'].some(
    (name) => facts?.[name] === true,
  );
