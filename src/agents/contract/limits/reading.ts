import type { Blocked } from '../../../events/catalogue/usage.ts';
import type { Child, ChildSpec } from '../../../lib/process/child.ts';
import { accountHash } from './account-hash.ts';
import {
  type AttemptOutcome,
  type Confidence,
  statusOf,
  type UsageStatus,
  type UsageWindow,
  type WindowKind,
} from './sample.ts';
import { label } from './scrub.ts';
import { complement, instant } from './values.ts';

/** What a source found. `observed_at` is null when the figures are of this very moment. */
export interface UsageAnswer {
  answered: true;
  status: UsageStatus;
  windows: UsageWindow[];
  plan: string | null;
  credits_remaining: number | null;
  premium_requests_remaining: number | null;
  observed_at: string | null;
  /** The figures come from a cache of the provider's. */
  stale: boolean;
  /** The provider itself allows no work now, whatever its windows show. */
  blocked: Blocked | null;
  /** The provider says that the plan has no limits. */
  unlimited: boolean;
  /** A hash of the account's id; null where the source does not say whose figures these are. */
  account: string | null;
  warnings: string[];
  raw: Record<string, unknown>;
}

/** Why a source has nothing to say. */
export interface UsageFailure {
  answered: false;
  outcome: Exclude<AttemptOutcome, 'answered'>;
  reason: string;
  retry_at: string | null;
}

export type UsageReading = UsageAnswer | UsageFailure;

/** Everything that a source may touch. Nothing is read from the process itself. */
export interface SourceContext {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  now: () => Date;
  /** The words that start the agent, or null when it is not installed. */
  agent: readonly string[] | null;
  /** Optional helper programs by name (`gh`, `codexbar`, `ccusage`): the words that start each. */
  helpers: Readonly<Record<string, readonly string[] | undefined>>;
  /** A folder that belongs to no project, so that an agent loads no project's settings or hooks. */
  workdir: string;
  start: (spec: ChildSpec) => Child;
  fetch: typeof fetch;
  /** Aborted at the source's deadline. */
  signal: AbortSignal;
}

/** Where the login of an agent lies. */
export interface LoginPlace {
  /** The folder that separates this login from another one. */
  folder: string;
  /** The account that is signed in there, if a file without credentials says so. */
  id: string | null;
}

export type AccountPlace = Pick<SourceContext, 'env' | 'home'>;

/** One way to learn a provider's limits. None of them spends a model turn, changes anything or logs in. */
export interface UsageSource {
  id: string;
  provider: string;
  reach: 'network' | 'offline';
  /** Which account it would answer for, as far as files on this disk say; left out where they say nothing. */
  account?(place: AccountPlace): Promise<LoginPlace>;
  /** The login, variable or file that it takes. `doctor --privacy` shows it, and which hosts are asked. */
  reads: string;
  /** Whom it asks, by default; empty for a file, and for a helper whose own affair that is. */
  hosts: readonly string[];
  confidence: Confidence;
  deadline_ms: number;
  /** Needs a terminal: left out when interactive probing is off. */
  interactive?: true;
  /** Only asked when this environment variable is `1` or `true`. */
  opt_in?: string;
  read(context: SourceContext): Promise<UsageReading>;
}

type Finding = Partial<Omit<UsageAnswer, 'answered' | 'account'>> & {
  /** As the provider calls the account. It is not kept: only its hash is. */
  account_id?: string | null;
  reached?: boolean;
  /** Work beyond the plan would be billed. */
  overage?: boolean;
  /** Work is billed beyond the plan right now. */
  paying?: boolean;
};

/**
 * An answer of what a source found. A status that is not given follows from the windows. `warnings` are our own
 * sentences: what a provider said is scrubbed before it is put into one.
 */
export function answer(finding: Finding): UsageAnswer {
  const windows = distinct(finding.windows ?? []);
  const { reached = false, overage = false, paying = false, blocked = null } = finding;
  const facts = { reached: reached || blocked !== null, overage: overage && blocked === null, paying };
  return {
    answered: true,
    status: finding.status ?? statusOf(windows, facts),
    windows,
    plan: label(finding.plan ?? null),
    credits_remaining: finding.credits_remaining ?? null,
    premium_requests_remaining: finding.premium_requests_remaining ?? null,
    observed_at: finding.observed_at ?? null,
    stale: finding.stale ?? false,
    blocked,
    unlimited: finding.unlimited ?? false,
    account: finding.account_id == null ? null : accountHash('id', finding.account_id),
    warnings: finding.warnings ?? [],
    raw: finding.raw ?? {},
  };
}

/**
 * Why a source has no figures, in words for a person. `reason` is a sentence of ours: what a program or a provider said
 * is scrubbed before it is put into one. `retry_at` is ISO 8601: when the provider wants to be asked again.
 */
export function failure(
  outcome: UsageFailure['outcome'],
  reason: string,
  retry_at: string | null = null,
): UsageFailure {
  return { answered: false, outcome, reason, retry_at };
}

/** The plan has no limits to read: that is an answer, not an error. */
export const NO_LIMITS = 'no limits reported';

const MINUTES: Record<string, number> = { '5h': 300, daily: 1440, weekly: 10_080 };

/** Providers name their windows by length; a month is 28 to 31 days. */
export function kindOfMinutes(minutes: number | null): WindowKind {
  if (minutes === null) return 'unknown';
  for (const [kind, length] of Object.entries(MINUTES)) {
    if (Math.abs(minutes - length) <= length / 100) return kind as WindowKind;
  }
  return minutes >= 40_000 && minutes <= 45_000 ? 'monthly' : 'unknown';
}

interface WindowFacts {
  kind: WindowKind;
  /** The model that it is for; null for a limit of the whole plan. */
  scope?: string | null;
  /** Stable, instead of the one that follows from kind and scope. */
  name?: string;
  /** The models that it limits, as the provider names them; none for a scope that is no model. Left out: the scope is one. */
  models?: readonly string[] | undefined;
  /** It stops all work although it has a scope. */
  binds_plan?: boolean | undefined;
  /** Percent, as `remaining` is; more than 100 where a limit was exceeded. */
  used?: number | null;
  remaining?: number | null;
  used_units?: number | null;
  remaining_units?: number | null;
  unit?: string | null;
  /** Its whole length. */
  minutes?: number | null;
  /** A moment in any form that `instant` reads. */
  resets?: unknown;
  confidence: Confidence;
}

/** A window from whichever half of its percentage the provider gives. */
export function usageWindow(facts: WindowFacts): UsageWindow {
  const scope = label(facts.scope ?? null);
  const left = facts.remaining ?? null;
  const given = facts.used ?? (left === null ? null : Math.round((100 - left) * 100) / 100);
  const used = given === null ? null : Math.max(0, given);
  const minutes = finite(facts.minutes) ?? MINUTES[facts.kind] ?? null;
  const base = facts.kind === 'unknown' && minutes !== null ? `${minutes}m` : facts.kind;
  const models = facts.models?.map((model) => label(model)).filter((model) => model !== null);
  return {
    name: facts.name ?? (scope === null ? base : `${base}_${asName(scope)}`),
    kind: facts.kind,
    scope,
    used_percent: used,
    remaining_percent: left === null ? complement(used) : Math.max(0, left),
    used_units: finite(facts.used_units),
    remaining_units: finite(facts.remaining_units),
    unit: label(facts.unit ?? null),
    ...(models ? { models } : {}),
    ...(facts.binds_plan ? { binds_plan: true } : {}),
    window_minutes: minutes,
    reset_at: instant(facts.resets),
    confidence: facts.confidence,
    expired: false,
  };
}

/** A product of two numbers of a provider may be too large for one. */
const finite = (value: number | null | undefined): number | null =>
  value != null && Number.isFinite(value) ? value : null;

const asName = (scope: string): string =>
  scope
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

/** Names are keys for the trend: a second window of the same name is numbered. */
function distinct(windows: readonly UsageWindow[]): UsageWindow[] {
  const seen = new Map<string, number>();
  return windows.map((window) => {
    const count = (seen.get(window.name) ?? 0) + 1;
    seen.set(window.name, count);
    return count === 1 ? window : { ...window, name: `${window.name}_${count}` };
  });
}
