import type { Blocked } from '../../../events/catalogue/usage.ts';
import { usageWindow } from '../../contract/limits/reading.ts';
import type { Confidence, UsageWindow } from '../../contract/limits/sample.ts';
import { label } from '../../contract/limits/scrub.ts';
import {
  instant,
  type Json,
  number,
  percentLeft,
  record,
  shareOf,
  text,
} from '../../contract/limits/values.ts';
import { codexWindows, type Names } from './windows.ts';

/** The names of the fields of a snapshot: the app-server writes them in one way, a rollout in another. */
export interface SnapshotNames extends Names {
  limitId: string;
  limitName: string;
  normalModel: string;
  individualLimit: string;
  remainingPercent: string;
  spendControlReached: string;
  reachedType: string;
  hasCredits: string;
}

export const APP_SERVER: SnapshotNames = {
  minutes: 'windowDurationMins',
  used: 'usedPercent',
  resets: 'resetsAt',
  resetsIn: 'resetsInSeconds',
  limitId: 'limitId',
  limitName: 'limitName',
  normalModel: 'normalModelSlug',
  individualLimit: 'individualLimit',
  remainingPercent: 'remainingPercent',
  spendControlReached: 'spendControlReached',
  reachedType: 'rateLimitReachedType',
  hasCredits: 'hasCredits',
};

export const ROLLOUT: SnapshotNames = {
  minutes: 'window_minutes',
  used: 'used_percent',
  resets: 'resets_at',
  resetsIn: 'resets_in_seconds',
  limitId: 'limit_id',
  limitName: 'limit_name',
  normalModel: 'normal_model_slug',
  individualLimit: 'individual_limit',
  remainingPercent: 'remaining_percent',
  spendControlReached: 'spend_control_reached',
  reachedType: 'rate_limit_reached_type',
  hasCredits: 'has_credits',
};

/** The bucket of the plan itself. */
export const MAIN = 'codex';

/** The windows of one bucket. Each bucket but the plan's is of a model or of a use of it, and bears its name. */
export function bucketWindows(
  bucket: Json,
  names: SnapshotNames,
  { id, confidence, taken }: { id: string | null; confidence: Confidence; taken: Date | null },
): UsageWindow[] {
  const slots = [bucket.primary, bucket.secondary];
  if (id === null) return codexWindows(slots, names, { scope: null, confidence, taken });
  const scope = text(bucket[names.limitName]) ?? text(bucket[names.limitId]) ?? id;
  return codexWindows(slots, names, {
    scope,
    models: modelsOf(scope, text(bucket[names.normalModel])),
    confidence,
    taken,
  });
}

/** `GPT-5.3-Codex-Spark`, `Luna Reserve`; a bucket of a use, such as code review, limits no model by its name. */
export function modelsOf(name: string, slug: string | null): string[] {
  if (/\b(?:review|cloud|image|web|browser|voice)s?\b/i.test(name.replaceAll('_', ' '))) return [];
  const model = name.replace(/[ _-]*\b(?:reserve|limits?|quota|pool)$/i, '').trim();
  return [...new Set([slug, model])].flatMap((each) => each || []);
}

/** How much of the workspace's credits one member may spend; amounts are in credits, as text. */
export function individualLimit(
  bucket: Json,
  names: SnapshotNames,
  { binds, confidence }: { binds: boolean; confidence: Confidence },
): UsageWindow | null {
  const limit = record(bucket[names.individualLimit]);
  if (!limit) return null;
  const [all, used] = [number(limit.limit), number(limit.used)];
  const left = percentLeft(limit[names.remainingPercent]);
  return usageWindow({
    kind: 'credits',
    name: 'credits_individual_limit',
    scope: 'individual limit',
    binds_plan: binds,
    used: left === null ? shareOf(used, all) : null,
    remaining: left,
    used_units: used,
    remaining_units: all === null || used === null ? null : Math.max(0, all - used),
    unit: 'credits',
    resets: limit[names.resets],
    confidence,
  });
}

export interface Credits {
  balance: number | null;
  unlimited: boolean;
  /** Work beyond the plan can be paid with them. */
  drawable: boolean;
  /** There are none, or none any more. */
  depleted: boolean;
  /** Work was paid with them, and none are left. */
  spent: boolean;
}

/** `{hasCredits, unlimited, balance}`: a balance of 0 can pay for nothing, whatever the flag says. */
export function creditsOf(bucket: Json | null, names: SnapshotNames): Credits {
  const credits = record(bucket?.credits);
  const has = credits?.[names.hasCredits] === true;
  const unlimited = credits?.unlimited === true;
  const balance = unlimited ? null : number(credits?.balance);
  const drawable = unlimited || (has && (balance === null || balance > 0));
  const depleted = credits !== null && !drawable;
  return { balance, unlimited, drawable, depleted, spent: depleted && has };
}

/** The five words of `RateLimitReachedType` (0.171.0); the first alone can be paid over with credits. */
const REACHED = 'rate_limit_reached';

interface Verdict {
  bucket: Json | null;
  names: SnapshotNames;
  /** Codex's own permission for ordinary work; null where it does not say. */
  allowed: boolean | null;
  windows: readonly UsageWindow[];
  credits: Credits;
}

/**
 * The provider's own refusal, with the most precise of its words as the reason; null if work goes on, be it paid with
 * credits. `until` is the end of what blocks: recovery is never inferred from a window that has something left.
 */
export function refusalOf({ bucket, names, allowed, windows, credits }: Verdict): Blocked | null {
  const type = text(bucket?.[names.reachedType]);
  const isSpendControlled = bucket?.[names.spendControlReached] === true;
  const paid = credits.drawable && !isSpendControlled && (type === null || type === REACHED);
  // A workspace that works on credits alone has no windows that could be used up.
  const isOutOfCredits = credits.spent && windows.length === 0 && allowed !== true;
  const isRefused = allowed === false || isSpendControlled || type !== null || isOutOfCredits;
  if (!isRefused || paid) return null;
  const limit = record(bucket?.[names.individualLimit]);
  const left = percentLeft(limit?.[names.remainingPercent]);
  const ofMember = left !== null && left <= 0 ? instant(limit?.[names.resets]) : null;
  const spent = windows.filter((w) => w.scope === null && w.remaining_percent === 0 && w.reset_at !== null);
  const ofWindows =
    spent
      .map((w) => w.reset_at)
      .sort()
      .at(-1) ?? null;
  const isByCredits = isSpendControlled || (type !== null && type !== REACHED);
  return {
    reason: reasonOf(type, isSpendControlled, windows.length === 0 && credits.depleted),
    until: isByCredits ? ofMember : (ofWindows ?? ofMember),
  };
}

function reasonOf(type: string | null, isSpendControlled: boolean, isOutOfCredits: boolean): string {
  if (type !== null && type !== REACHED) return label(type) ?? REACHED;
  if (isSpendControlled) return 'spend_control_reached';
  if (type !== null) return REACHED;
  return isOutOfCredits ? 'credits_depleted' : 'ordinary_usage_not_allowed';
}

/** Credits that reset a limit at once: shown with the first expiry, and never redeemed here. */
export function resetCredits(value: unknown): { warnings: string[]; raw: Json } {
  const summary = record(value);
  const count = number(summary?.availableCount);
  if (!summary || count === null || count <= 0) return { warnings: [], raw: {} };
  const expiries = (Array.isArray(summary.credits) ? summary.credits : [])
    .map(record)
    .filter((credit) => credit !== null && (credit.status ?? 'available') === 'available')
    .flatMap((credit) => instant(credit?.expiresAt) ?? [])
    .sort();
  const first = expiries[0] ?? null;
  const words = `${count} reset credit${count === 1 ? '' : 's'}`;
  return {
    warnings: [first === null ? words : `${words}, the first expires ${first.slice(0, 10)}`],
    raw: { reset_credits: count, reset_credits_expire_at: expiries },
  };
}
