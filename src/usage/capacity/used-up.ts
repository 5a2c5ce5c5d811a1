import {
  asOf,
  isBlocked,
  isSpent,
  lastReset,
  planWindows,
  type UsageSample,
  type WindowKind,
} from '../../agents/contract/limits/sample.ts';
import { limitsModel } from './model-names.ts';

/** A limit that stops work now. */
export interface UsedUp {
  /** When all that is used up has reset; null if that is not known. */
  until: string | null;
  window: WindowKind | null;
}

/**
 * What stops work with this model by the figures of its account; null if nothing is known to. A limit of another model
 * does not. Pure.
 */
export function usedUpFor(sample: UsageSample, model: string | null, now: Date): UsedUp | null {
  const current = asOf(sample, now);
  const ofModel = current.windows.filter((window) => model !== null && limitsModel(window, model));
  const spent = [...new Set([...planWindows(current.windows), ...ofModel])].filter(
    (window) => !window.expired && isSpent(window),
  );
  if (spent.length > 0) {
    const until = lastReset(spent);
    const longest = spent.find(({ reset_at }) => reset_at === until) ?? spent[0];
    return { until, window: longest?.kind ?? null };
  }
  if (current.blocked != null && isBlocked(current, now))
    return { until: current.blocked.until, window: null };
  return null;
}
