import {
  asOf,
  isBlocked,
  isSpent,
  modelsOf,
  nextReset,
  planWindows,
  type UsageSample,
} from '../../agents/contract/limits/sample.ts';
import type { Detected } from '../../agents/contract/locate.ts';
import type { Config } from '../../config/schema.ts';
import type { Rows } from '../../projections/reader.ts';
import { figuresOf, type KnownUsage, knownUsage } from '../../projections/usage/queries.ts';
import { accountOf, isGood, isOtherAccount } from '../../projections/usage/usage-summary.ts';
import { fakeSample, notInstalledSample, unaskedSample, unknownSample } from '../asking/unasked.ts';
import {
  type Capacity,
  type CapacityRow,
  type CapacityWindow,
  capacity,
  type KnownProvider,
  windowsNow,
} from './capacity.ts';
import { type CurrentSample, type Measured, newestAnywhere, type UsageElsewhere } from './elsewhere.ts';
import { type ObservedWindows, paceSince } from './trend.ts';
import { stillCounts } from './worker-warning.ts';

export interface CapacityInputs {
  config: Pick<Config, 'policy'>;
  /** The providers to include, whether they were ever asked or not. */
  ids: readonly string[];
  /** What detection found on this machine; a provider that is missing here is not known to be installed. */
  detected: readonly Pick<Detected, 'id' | 'installed' | 'auth'>[];
  now: Date;
  /** Answers of just now, in place of those in the ledger. */
  samples?: readonly UsageSample[];
  /** Whether the counts include our own fakes. */
  includeFakes?: boolean;
  /** What the other machines of the fleet know. */
  elsewhere?: readonly UsageElsewhere[];
}

/** The capacity and the pace of every provider, as far as the ledger knows; asks no provider. */
export function currentCapacity(rows: Rows, given: CapacityInputs): Capacity {
  const samples = currentSamples(rows, given);
  const history = samples.map((sample) => [sample.provider_id, historyOf(rows, sample)] as const);
  return judged(samples, given, Object.fromEntries(history));
}

/** The capacity of every provider without its pace: what a spawn needs, for the cost of one query. */
export const capacityNow = (rows: Rows, given: CapacityInputs): Capacity =>
  judged(currentSamples(rows, given), given, {});

function judged(
  samples: readonly CurrentSample[],
  { config, detected, now, includeFakes = false }: CapacityInputs,
  history: Record<string, readonly ObservedWindows[]>,
): Capacity {
  const known = samples.flatMap((sample) => {
    const found = detected.find(({ id }) => id === sample.provider_id);
    return found ? [[sample.provider_id, knownProvider(found, sample)] as const] : [];
  });
  return capacity({
    samples,
    policy: config.policy,
    now,
    known: Object.fromEntries(known),
    history,
    includeFakes,
  });
}

/**
 * The sample of each provider as a reader sees it now: its last answer, here or on another machine, with the warnings of
 * its agent since.
 */
export function currentSamples(
  rows: Rows,
  { config, ids, detected, now, samples = [], elsewhere = [] }: CapacityInputs,
): CurrentSample[] {
  const all = knownUsage(rows);
  const believed_ms = config.policy.usage_stale_after_seconds * 1000;
  return ids.map((id) => {
    const fake = fakeSample(id, now);
    if (fake) return fake;
    if (detected.some((found) => found.id === id && !found.installed)) return notInstalledSample(id, now);
    const known = all.find(({ provider_id }) => provider_id === id);
    const asked = samples.find(({ provider_id }) => provider_id === id);
    const measured = (of: KnownUsage | undefined, answer?: UsageSample) =>
      measuredOf(id, { known: of, asked: answer, now, believed_ms });
    const own = measured(known, asked);
    const account = accountOf(own.sample) ?? known?.account ?? null;
    return asOf(newestAnywhere(id, { ...own, account }, elsewhere, measured), now);
  });
}

/** The last answer of a log, with the warnings of its agent since. */
function measuredOf(
  id: string,
  {
    known,
    asked,
    now,
    believed_ms,
  }: { known: KnownUsage | undefined; asked: UsageSample | undefined; now: Date; believed_ms: number },
): Measured {
  const answered = ofThisAccount(asked ?? known?.latest ?? unaskedSample(id, now), known, now);
  const isNewer = isNewerThanWarning(answered, known, asked !== undefined);
  const sample = withWarning(answered, known?.warned ?? null, now, believed_ms, isNewer) ?? answered;
  const warnedAt = sample === answered ? '' : (known?.warned?.observed_at ?? '');
  return { sample, at: sample.observed_at > warnedAt ? sample.observed_at : warnedAt };
}

/** Figures of another account than the one that was last seen are not current; what is left there is not known. */
function ofThisAccount(sample: UsageSample, known: KnownUsage | undefined, now: Date): UsageSample {
  const account = known?.account ?? null;
  if (!sample.stale || !isOtherAccount(accountOf(sample), account)) return sample;
  const warnings = [
    'the recorded figures are of another account',
    ...unaskedSample(sample.provider_id, now).warnings,
  ];
  return { ...unknownSample(sample.provider_id, now), tried: sample.tried, account, warnings };
}

/**
 * Whether an answer came after the last warning. What is later in the log is newer, whatever the clock said; only
 * figures that were old when they were read are compared by their time.
 */
function isNewerThanWarning(answered: UsageSample, known: KnownUsage | undefined, isFresh: boolean): boolean {
  if (!known?.warned || known.warned_position === null) return true;
  const isRecorded = known.good?.observed_at === answered.observed_at && known.good_position !== null;
  if (answered.stale && !isRecorded) return answered.observed_at >= known.warned.observed_at;
  if (!isRecorded) return isFresh;
  if ((known.good_position ?? 0) < known.warned_position) return false;
  return !answered.stale || answered.observed_at >= known.warned.observed_at;
}

/**
 * Adds a warning that an agent showed while it worked to the last answer. The warning counts until the provider has
 * answered since, and no longer than `stillCounts` says: a limit that cannot be asked about must not hold forever.
 * A warning about one model says nothing about its plan.
 */
export function withWarning(
  answered: UsageSample | null,
  warned: UsageSample | null,
  now: Date,
  believed_ms: number,
  isNewer = answered !== null && warned !== null && answered.observed_at >= warned.observed_at,
): UsageSample | null {
  if (!warned || warned.status === 'available' || !stillCounts(warned, now, believed_ms)) return answered;
  const isOfModels = isAboutModels(warned);
  const isUnknown = !answered || answered.status === 'unknown';
  if (isUnknown && !isOfModels) return { ...warned, tried: answered?.tried ?? [] };
  const base = answered ?? unknownSample(warned.provider_id, now);
  if (!isUnknown && (!isGood(base) || isNewer)) return answered;
  const windows = [...base.windows, ...warned.windows];
  const isWorse = !isOfModels && SEVERITY.indexOf(warned.status) > SEVERITY.indexOf(base.status);
  return {
    ...base,
    status: isWorse ? warned.status : base.status,
    windows,
    reset_at: nextReset(windows),
    warnings: [...base.warnings, ...warned.warnings],
  };
}

const isAboutModels = ({ windows }: UsageSample): boolean =>
  windows.length > 0 && windows.every((window) => modelsOf(window).length > 0);

const SEVERITY = ['available', 'near_limit', 'limit_reached', 'overage_possible'];

/** A provider that has answered about limits since a detection is signed in, whatever the detection found. */
function knownProvider(
  { installed, auth }: CapacityInputs['detected'][number],
  sample: CurrentSample,
): KnownProvider {
  const isOurs = sample.machine === undefined;
  const answeredSince = isOurs && isGood(sample) && sample.checked_at > auth.checked_at;
  return { installed, auth_status: installed && answeredSince ? 'authenticated' : auth.status };
}

/** The windows of one answer and their trends, as far as the ledger knows. */
export const currentWindows = (rows: Rows, sample: UsageSample, now: Date): CapacityWindow[] =>
  windowsNow(sample, historyOf(rows, sample), { now });

function historyOf(rows: Rows, sample: UsageSample): ObservedWindows[] {
  const { provider_id, windows, observed_at } = sample;
  const account = accountOf(sample);
  return windows.flatMap((window) => {
    const since = paceSince(window, new Date(observed_at)).toISOString();
    return figuresOf(rows, provider_id, window.name, { since, account }).map((figure) => ({
      observed_at: figure.observed_at,
      windows: [{ name: window.name, used_percent: figure.used_percent, reset_at: figure.reset_at }],
    }));
  });
}

/**
 * Whether the status of a row still holds. Figures that are too old, with no reset ahead of them, must not keep a
 * provider from work forever: a limit holds because of its reset, a fresh answer, or the provider's own refusal.
 */
export const isInForce = (row: CapacityRow, now: Date): boolean =>
  !row.stale || row.status === 'overage_possible' || isBlocked(row, now) || holds(planWindows(row.windows));

/** Whether a used-up window still holds, however old its figures are. */
export const holds = (windows: readonly CapacityWindow[]): boolean =>
  windows.some(
    (window) => isSpent(window) && (window.reset_at !== null || window.confidence === 'provider_warning'),
  );

/** What a spawn records of each provider: enough to say later what could have been chosen. */
export const capacityRecord = ({ providers }: Capacity): Record<string, unknown> =>
  Object.fromEntries(Object.entries(providers).map(([id, row]) => [id, brief(row)]));

const brief = (row: CapacityRow) => ({
  status: row.status,
  usable: row.usable,
  unusable_reason: row.unusable_reason,
  confidence: row.confidence,
  observed_at: row.source === null ? null : row.observed_at,
  windows: row.windows.map(({ name, kind, scope, models, binds_plan, remaining_percent, reset_at }) => ({
    name,
    ...{ kind, scope },
    ...(models ? { models } : {}),
    ...(binds_plan === undefined ? {} : { binds_plan }),
    remaining_percent,
    reset_at,
  })),
});
