import { nextReset, type UsageSample } from '../../agents/contract/limits/sample.ts';
import type { Detected } from '../../agents/contract/locate.ts';
import type { Config } from '../../config/schema.ts';
import type { Rows } from '../../projections/reader.ts';
import { figuresOf, type KnownUsage, knownUsage } from '../../projections/usage/queries.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import { fakeSample, notInstalledSample, unaskedSample } from '../asking/unasked.ts';
import {
  type Capacity,
  type CapacityRow,
  type CapacityWindow,
  capacity,
  type KnownProvider,
  windowsNow,
} from './capacity.ts';
import { type Observed, paceSince } from './trend.ts';
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
  samples: readonly UsageSample[],
  { config, detected, now }: CapacityInputs,
  history: Record<string, readonly Observed[]>,
): Capacity {
  const known = samples.flatMap((sample) => {
    const found = detected.find(({ id }) => id === sample.provider_id);
    return found ? [[sample.provider_id, knownProvider(found, sample)] as const] : [];
  });
  return capacity({ samples, policy: config.policy, now, known: Object.fromEntries(known), history });
}

/** The sample of each provider that a reader sees now: its last answer, with the warnings of its agent since. */
export function currentSamples(
  rows: Rows,
  { config, ids, detected, now, samples = [] }: CapacityInputs,
): UsageSample[] {
  const known = knownUsage(rows);
  const believed_ms = config.policy.usage_stale_after_seconds * 1000;
  return ids.map((id) => {
    const fake = fakeSample(id, now);
    if (fake) return fake;
    if (detected.some((found) => found.id === id && !found.installed)) return notInstalledSample(id, now);
    const { latest = null, warned = null }: Partial<KnownUsage> =
      known.find(({ provider_id }) => provider_id === id) ?? {};
    const answered = samples.find(({ provider_id }) => provider_id === id) ?? latest;
    return withWarning(answered, warned, now, believed_ms) ?? unaskedSample(id, now);
  });
}

/**
 * Adds a warning that an agent showed while it worked to the last answer. The warning counts until the provider has
 * answered since, and no longer than `stillCounts` says: a limit that cannot be asked about must not hold forever.
 */
export function withWarning(
  answered: UsageSample | null,
  warned: UsageSample | null,
  now: Date,
  believed_ms: number,
): UsageSample | null {
  if (!warned || warned.status === 'available' || !stillCounts(warned, now, believed_ms)) return answered;
  if (!answered || answered.status === 'unknown') return { ...warned, tried: answered?.tried ?? [] };
  if (!isGood(answered) || answered.observed_at >= warned.observed_at) return answered;
  const windows = [...answered.windows, ...warned.windows];
  return {
    ...answered,
    status:
      SEVERITY.indexOf(warned.status) > SEVERITY.indexOf(answered.status) ? warned.status : answered.status,
    windows,
    reset_at: nextReset(windows),
    warnings: [...answered.warnings, ...warned.warnings],
  };
}

const SEVERITY = ['available', 'near_limit', 'limit_reached', 'overage_possible'];

/** A provider that has answered about limits since a detection is signed in, whatever the detection found. */
function knownProvider(
  { installed, auth }: CapacityInputs['detected'][number],
  sample: UsageSample,
): KnownProvider {
  const answeredSince = isGood(sample) && sample.checked_at > auth.checked_at;
  return { installed, auth_status: installed && answeredSince ? 'authenticated' : auth.status };
}

/** The windows of one answer and their trends, as far as the ledger knows. */
export const currentWindows = (rows: Rows, sample: UsageSample, now: Date): CapacityWindow[] =>
  windowsNow(sample, historyOf(rows, sample), { now });

function historyOf(rows: Rows, { provider_id, windows, observed_at }: UsageSample): Observed[] {
  return windows.flatMap((window) => {
    const since = paceSince(window, new Date(observed_at)).toISOString();
    return figuresOf(rows, provider_id, window.name, { since }).map((figure) => ({
      observed_at: figure.observed_at,
      windows: [{ name: window.name, used_percent: figure.used_percent, reset_at: figure.reset_at }],
    }));
  });
}

/**
 * Whether the status of a row still holds. Figures that are too old, with no reset ahead of them, must not keep a
 * provider from work forever: a limit holds because of its reset or a fresh answer.
 */
export const isInForce = ({ status, stale, windows }: CapacityRow): boolean =>
  !stale ||
  status === 'overage_possible' ||
  windows.some(
    ({ remaining_percent, reset_at, confidence }) =>
      remaining_percent === 0 && (reset_at !== null || confidence === 'provider_warning'),
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
  windows: row.windows.map(({ name, remaining_percent, reset_at }) => ({
    name,
    remaining_percent,
    reset_at,
  })),
});
