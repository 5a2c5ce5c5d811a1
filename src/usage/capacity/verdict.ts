import {
  isBlocked,
  isSpent,
  lastReset,
  leftOf,
  modelsOf,
  NEAR_LIMIT_PERCENT,
  planWindows,
  statusOf,
  type UsageSample,
  type UsageStatus,
  type UsageWindow,
} from '../../agents/contract/limits/sample.ts';
import { namesAccount } from '../../config/accounts.ts';
import type { Blocked } from '../../events/catalogue/usage.ts';
import { limitsModel } from './model-names.ts';

/** The part of the policy that decides capacity. */
export interface CapacityPolicy {
  /** A provider is not usable while any of its windows has less than this percentage left. */
  min_remaining_percent: number;
  usage_stale_after_seconds: number;
  block_on_usage_statuses: readonly string[];
  allowed_providers: readonly string[];
  denied_providers: readonly string[];
  never_allow_overage?: boolean;
  /** Providers that may be paid by the use. */
  allow_overage_for?: readonly string[];
}

/** What detection found of a provider, if it ran. */
export interface KnownProvider {
  installed: boolean;
  auth_status: string;
}

export interface VerdictGiven {
  policy: CapacityPolicy;
  now: Date;
  known?: KnownProvider | undefined;
  stale: boolean;
}

export interface Verdict {
  status: UsageStatus;
  usable: boolean;
  unusable_reason: string | null;
  /** When the last of the limits that block has reset; null if that is not known, or if waiting does not help. */
  next_available_at: string | null;
}

/** A model, or models, with a limit of their own. */
export interface ModelVerdict<W extends UsageWindow = UsageWindow> extends Verdict {
  windows: W[];
}

/** What blocks, and until when. `ends` is null if waiting does not help, or if it is not known how long. */
interface Block {
  reason: string;
  ends: readonly Pick<UsageWindow, 'reset_at'>[] | null;
}

/** Confidences that a decision may rest on; others are shown only. */
const TRUSTED = ['official', 'local_cli', 'local_config', 'user_configured'];

/** Whether a spawn with the default model may go to a provider now. `sample` is as of now. Pure. */
export const verdictOf = (sample: UsageSample, given: VerdictGiven): Verdict =>
  verdict(sample.status, blockOf(sample, given));

/** The same for each model that has a limit of its own: it is blocked by what blocks its plan, and by its own windows. */
export function modelVerdicts(sample: UsageSample, given: VerdictGiven): Record<string, ModelVerdict> {
  const names = [...new Set(sample.windows.flatMap((window) => modelsOf(window)))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const windows = sample.windows.filter((window) => modelsOf(window).includes(name));
      return [name, modelVerdict(sample, windows, given)];
    }),
  );
}

/** The verdict on a requested model by its own windows alone; null if it has none. */
export function requestedModel<W extends UsageWindow>(
  of: { windows: readonly W[] },
  requested: string,
  policy: CapacityPolicy,
): ModelVerdict<W> | null {
  const windows = of.windows.filter((window) => limitsModel(window, requested));
  if (windows.length === 0) return null;
  return { ...verdict(statusOfModel(windows), blockOfWindows(windows, policy)), windows };
}

function modelVerdict(sample: UsageSample, windows: UsageWindow[], given: VerdictGiven): ModelVerdict {
  const [ofPlan, own] = [blockOf(sample, given), blockOfWindows(windows, given.policy)];
  const status = worse(sample.status, statusOfModel(windows));
  const ends =
    ofPlan?.ends === null || own?.ends === null ? null : [...(ofPlan?.ends ?? []), ...(own?.ends ?? [])];
  const reason = ofPlan?.reason ?? own?.reason;
  return { ...verdict(status, reason === undefined ? null : { reason, ends }), windows };
}

const verdict = (status: UsageStatus, block: Block | null): Verdict => ({
  status,
  usable: block === null,
  unusable_reason: block?.reason ?? null,
  next_available_at: block?.ends ? lastReset(block.ends) : null,
});

/** The status of windows as if they were those of a plan. */
const statusOfModel = (windows: readonly UsageWindow[]): UsageStatus =>
  statusOf(
    windows.map((window) => ({ ...window, binds_plan: true })),
    { reached: false, overage: false },
  );

const SEVERITY: readonly UsageStatus[] = ['available', 'near_limit', 'overage_possible', 'limit_reached'];

/** The more severe of the plan's status and its model's; a plan of which nothing is known stays that. */
const worse = (ofPlan: UsageStatus, ofModel: UsageStatus): UsageStatus =>
  !SEVERITY.includes(ofPlan) || SEVERITY.indexOf(ofPlan) >= SEVERITY.indexOf(ofModel) ? ofPlan : ofModel;

const blockOf = (sample: UsageSample, given: VerdictGiven): Block | null => {
  const reason = reasonOf(sample, given);
  return reason === null ? null : { reason, ends: endsOf(reason, sample, given) };
};

/** The first reason why a provider is not usable. Reasons that waiting does not remove come first, resets last. */
function reasonOf(sample: UsageSample, { policy, known, stale, now }: VerdictGiven): string | null {
  const { provider_id, status, confidence, blocked } = sample;
  if (known?.installed === false || status === 'unavailable') return 'not_installed';
  if (namesAccount(policy.denied_providers, provider_id)) return 'policy_denied';
  if (policy.allowed_providers.length > 0 && !namesAccount(policy.allowed_providers, provider_id))
    return 'policy_not_allowed';
  const auth = status === 'unauthenticated' ? status : known?.auth_status;
  if (auth === 'unauthenticated' || auth === 'unavailable') return `auth_${auth}`;
  if (blocked && isBlocked(sample, now) && !isExplained(blocked, sample)) return blocked.reason;
  if (status === 'overage_possible') {
    if (policy.allow_overage_for?.includes(provider_id)) return null;
    if (policy.never_allow_overage) return status;
  }
  if (status === 'limit_reached' || policy.block_on_usage_statuses.includes(status)) return status;
  if (status === 'unknown') return 'usage_unknown';
  if (!TRUSTED.includes(confidence)) return `confidence_${confidence}`;
  if (stale) return 'usage_stale';
  const [first] = lowWindows(sample.windows, policy.min_remaining_percent);
  return first ? belowReason(first, policy) : null;
}

/** Words that add nothing to a used-up window. */
const PLAIN = /^(?:(?:rate_|usage_)?limit_reached|ordinary_usage_not_allowed)$/;

const isExplained = ({ reason }: Blocked, { windows }: UsageSample): boolean =>
  PLAIN.test(reason) && planWindows(windows).some(isSpent);

const belowReason = ({ name }: UsageWindow, { min_remaining_percent: least }: CapacityPolicy): string =>
  `${name}_below_${least}_percent`;

/** The limits that have to reset before a reason is gone; null if waiting does not help, or if it is not known how long. */
function endsOf(reason: string, sample: UsageSample, { policy, now }: VerdictGiven): Block['ends'] {
  const low = lowWindows(sample.windows, policy.min_remaining_percent);
  const { blocked } = sample;
  const isReached = reason === 'limit_reached' || reason === 'overage_possible';
  if (blocked && isBlocked(sample, now) && (isReached || reason === blocked.reason))
    return [{ reset_at: blocked.until }, ...low];
  if (isReached) return low.some(isSpent) ? low : null;
  if (reason === 'near_limit') return orNull(nearWindows(sample.windows, policy));
  return reason.includes('_below_') ? orNull(low) : null;
}

const orNull = <T>(all: readonly T[]): readonly T[] | null => (all.length > 0 ? all : null);

function blockOfWindows(windows: readonly UsageWindow[], policy: CapacityPolicy): Block | null {
  const own = windows.map((window) => ({ ...window, binds_plan: true }));
  const low = lowWindows(own, policy.min_remaining_percent);
  if (low.some(isSpent)) return { reason: 'limit_reached', ends: low };
  const near = policy.block_on_usage_statuses.includes('near_limit') ? nearWindows(own, policy) : [];
  if (near.length > 0) return { reason: 'near_limit', ends: near };
  const [first] = low;
  return first ? { reason: belowReason(first, policy), ends: low } : null;
}

/**
 * The limits of the plan with less left than `least` percent, and those with nothing left. Money that no source called a
 * limit of the plan does not count before it is spent: the policy on overage decides about it.
 */
const lowWindows = (windows: readonly UsageWindow[], least: number): UsageWindow[] =>
  planWindows(windows).filter((window) => {
    const left = leftOf(window);
    return (
      left !== null && (left === 0 || (left < least && (window.kind !== 'on_demand' || window.binds_plan)))
    );
  });

const nearWindows = (windows: readonly UsageWindow[], { min_remaining_percent }: CapacityPolicy) =>
  lowWindows(windows, Math.max(NEAR_LIMIT_PERCENT, min_remaining_percent));
