import { type DetectionPlace, detectedSince } from '../../agents/last-detected.ts';
import { accountKeys } from '../../config/accounts.ts';
import { readPreferences } from '../../config/preferences.ts';
import type { Rows } from '../../projections/reader.ts';
import { knownUsage } from '../../projections/usage/queries.ts';
import { fakeSample } from '../asking/unasked.ts';
import { type CapacityInputs, currentCapacity } from './current.ts';
import type { UsageElsewhere } from './elsewhere.ts';
import type { Capacity, UsageSummary } from './schema.ts';

export type { UsageSummary };

export const DEFAULT_BACKEND = 'combined';

/** How long a detection of installed agents and their sign-ins is reused. */
export const DETECTION_REUSE_MS = 5 * 60_000;

/** The summary from recorded facts alone; null if a provider has to be asked, or a detection has to run, first. */
export function knownSummary(
  rows: Rows,
  place: DetectionPlace,
  elsewhere: (now: Date) => readonly UsageElsewhere[],
): UsageSummary | null {
  const { config } = place;
  const detected = detectedSince(place, DETECTION_REUSE_MS);
  if (!detected) return null;
  const given = { config, ids: accountKeys(config), detected, now: new Date() };
  if (tooOld(rows, given).length > 0) return null;
  const about = { backend: DEFAULT_BACKEND, source: 'ledger', partial: false } as const;
  const current = currentCapacity(rows, { ...given, elsewhere: elsewhere(given.now) });
  return summaryOf(place, current, about);
}

/** The summary with its keys in the order that every command and MCP tool prints. */
export const summaryOf = (
  { paths }: Pick<DetectionPlace, 'paths'>,
  current: Capacity,
  { backend, source, partial }: Pick<UsageSummary, 'backend' | 'source' | 'partial'>,
): UsageSummary => ({
  backend,
  source,
  partial,
  ...current,
  preferences: readPreferences(paths.preferences),
});

/** The installed providers whose answer is older than policy.usage_auto_refresh_after_seconds. */
export function tooOld(rows: Rows, { config, ids, detected, now }: CapacityInputs): string[] {
  const seconds = config.policy.usage_auto_refresh_after_seconds;
  if (seconds === null) return [];
  const since = new Date(now.getTime() - seconds * 1000).toISOString();
  // An answer from the future is as old as the clock was set back: it does not count.
  const isRecent = (at: string): boolean => at >= since && at <= now.toISOString();
  const answered = knownUsage(rows).filter(({ latest }) => latest !== null && isRecent(latest.checked_at));
  return ids.filter(
    (id) =>
      fakeSample(id, now) === null &&
      detected.some((found) => found.id === id && found.installed) &&
      !answered.some(({ provider_id }) => provider_id === id),
  );
}
