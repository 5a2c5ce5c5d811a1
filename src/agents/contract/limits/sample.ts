import type { Attempt, UsageSample, UsageStatus, UsageWindow } from '../../../events/catalogue/usage.ts';

export type {
  Attempt,
  AttemptOutcome,
  Confidence,
  UsageSample,
  UsageStatus,
  UsageWindow,
  WindowKind,
} from '../../../events/catalogue/usage.ts';

/** Below this share a window is near its end. The policy's own threshold decides about use, not this. */
export const NEAR_LIMIT_PERCENT = 20;

/** Its reset has passed: its figures are of a window that is over. */
export const isExpired = (window: UsageWindow, now: Date): boolean =>
  window.reset_at !== null && Date.parse(window.reset_at) <= now.getTime();

type Figures = Pick<
  UsageWindow,
  'used_percent' | 'remaining_percent' | 'used_units' | 'remaining_units' | 'expired'
>;

/** The percentage left, at least 0 however far the limit was exceeded; null if that is not known any more, or never was. */
export function leftOf(window: Figures): number | null {
  const { used_percent: used, remaining_percent: remaining } = window;
  if (window.expired) return null;
  if (used !== null && used >= 100) return 0;
  const left = remaining ?? (used === null ? null : 100 - used);
  if (left !== null) return Math.max(0, left);
  // 0 of 0 is a placeholder of plans without this quota.
  const isUsedUp = window.remaining_units !== null && window.remaining_units <= 0;
  return isUsedUp && (window.used_units ?? 0) > 0 ? 0 : null;
}

/** The percentage used, which may exceed 100; null if it is not known any more, or never was. */
export function usedOf(window: Figures): number | null {
  const left = leftOf(window);
  return left === null ? null : Math.max(100 - left, window.used_percent ?? 0);
}

export const isSpent = (window: Figures): boolean => leftOf(window) === 0;

const isNear = (window: Figures): boolean => (leftOf(window) ?? 100) < NEAR_LIMIT_PERCENT;

type Scoped = Pick<UsageWindow, 'kind' | 'scope' | 'models' | 'binds_plan'>;

/** Whether it limits all work on the plan: it has no scope, or its source says that it does. */
export const bindsPlan = ({ kind, scope, models = [], binds_plan }: Scoped): boolean =>
  binds_plan ?? (kind !== 'on_demand' && scope === null && models.length === 0);

/** Whether it counts money or what is bought with it, and not the use of a model. */
export const isMoney = ({ kind }: Pick<UsageWindow, 'kind'>): boolean =>
  kind === 'on_demand' || kind === 'credits';

/** The models that a window limits, as its provider names them; none if it limits the plan or is money. */
export function modelsOf(window: Scoped): readonly string[] {
  if (bindsPlan(window) || isMoney(window)) return [];
  if (window.models) return window.models;
  return window.scope === null ? [] : [window.scope];
}

/**
 * The windows that limit all work on a plan. Paid use beyond a plan limits nothing, unless it is the only limit there
 * is: plans that are billed by a budget have no other.
 */
export function planWindows<W extends UsageWindow>(windows: readonly W[]): W[] {
  const binding = windows.filter(bindsPlan);
  return binding.length > 0 ? binding : windows.filter(({ kind }) => kind === 'on_demand');
}

/** In the order in which a person reads them: the limits of the plan, those of models, then money. */
export function windowsInOrder<W extends UsageWindow>(windows: readonly W[]): W[] {
  const plan = planWindows(windows);
  const others = windows.filter((window) => !plan.includes(window));
  return [...plan, ...others.filter((each) => !isMoney(each)), ...others.filter(isMoney)];
}

/**
 * The status that the windows show; `reached` is the provider's own word that its limit is reached, `overage` that work
 * beyond it would be billed, `paying` that work is billed right now. A limit of one model does not stop the others, so
 * only limits of the whole plan make a status.
 */
export function statusOf(
  windows: readonly UsageWindow[],
  facts: { reached: boolean; overage: boolean; paying?: boolean },
): UsageStatus {
  if (facts.paying) return 'overage_possible';
  const plan = planWindows(windows);
  if (facts.reached || plan.some(isSpent))
    return facts.overage && !isBudgetSpent(windows) ? 'overage_possible' : 'limit_reached';
  return plan.some(isNear) ? 'near_limit' : 'available';
}

/** Nothing more is billed once the money set aside for it is spent. */
function isBudgetSpent(windows: readonly UsageWindow[]): boolean {
  const budgets = windows.filter(({ kind }) => kind === 'on_demand');
  return budgets.length > 0 && budgets.every(isSpent);
}

const isReached = (status: UsageStatus): boolean =>
  status === 'limit_reached' || status === 'overage_possible';

/** Whether the provider's own refusal is in force: until the moment it named, else until it is asked again. */
export const isBlocked = ({ blocked }: Pick<UsageSample, 'blocked'>, now: Date): boolean =>
  blocked != null && (blocked.until === null || Date.parse(blocked.until) > now.getTime());

/**
 * The sample as it reads at `now`: a window whose reset has passed loses its figures, because what was spent before the
 * reset says nothing about what is left after it, and it blocks nothing. A limit that the provider reported without a
 * window that explains it stays reached until the provider is asked again.
 */
export function asOf(sample: UsageSample, now: Date): UsageSample {
  const windows = sample.windows.map((window) => (isExpired(window, now) ? withoutFigures(window) : window));
  const status = statusNow(sample, windows, now);
  const isSame =
    status === sample.status && windows.every((window, index) => window === sample.windows[index]);
  return isSame ? sample : { ...sample, windows, status, reset_at: nextReset(windows) };
}

function withoutFigures(window: UsageWindow): UsageWindow {
  if (window.expired && window.used_percent === null && window.remaining_percent === null) return window;
  const none = { used_percent: null, remaining_percent: null, used_units: null, remaining_units: null };
  return { ...window, ...none, expired: true };
}

function statusNow(sample: UsageSample, windows: readonly UsageWindow[], now: Date): UsageStatus {
  const { status } = sample;
  if (!isReached(status) && status !== 'available' && status !== 'near_limit') return status;
  if (isBlocked(sample, now)) return 'limit_reached';
  if (isReached(status)) {
    const isExplained = sample.blocked != null || planWindows(sample.windows).some(isSpent);
    if (!isExplained || planWindows(windows).some(isSpent)) return status;
  }
  if (status === 'near_limit' && !sample.windows.some(isNear)) return status;
  return statusOf(windows, { reached: false, overage: false });
}

/** The reset that a caller waits for: the last one of the used-up limits, else that of the window with the least left. */
export function nextReset(windows: readonly UsageWindow[]): string | null {
  const plan = planWindows(windows);
  const live = (plan.length > 0 ? plan : windows).filter(({ expired }) => !expired);
  const spent = live.filter(isSpent);
  if (spent.length > 0) return lastReset(spent);
  const left = (window: UsageWindow): number => leftOf(window) ?? 101;
  const least = Math.min(...live.filter(({ reset_at }) => reset_at !== null).map(left));
  return (
    live
      .filter((window) => left(window) === least)
      .flatMap(({ reset_at }) => reset_at ?? [])
      .sort()[0] ?? null
  );
}

/** Whether a source failed, as opposed to being absent or not asked. */
export const isFailedAttempt = ({ outcome }: Attempt): boolean =>
  !['skipped', 'not_found', 'unsupported', 'answered'].includes(outcome);

/** Figures that are older than their question were kept. */
const KEPT_MS = 60_000;

/** What failed when a sample was asked for, if its figures are from before that; null if they are the answer. */
export function failedAttempt({ tried, stale, status, ...of }: UsageSample): Attempt | null {
  const isKept = stale || Date.parse(of.checked_at) - Date.parse(of.observed_at) > KEPT_MS;
  if (!isKept || status === 'unknown' || status === 'unauthenticated') return null;
  return tried.find(isFailedAttempt) ?? null;
}

/** When the last of them has reset; null if that is not known of each. */
export function lastReset(windows: readonly Pick<UsageWindow, 'reset_at'>[]): string | null {
  const resets = windows.map(({ reset_at }) => reset_at);
  if (resets.includes(null)) return null;
  return resets.toSorted().at(-1) ?? null;
}
