import type { UsageSample } from '../../events/catalogue/usage.ts';
import type { Rows } from '../reader.ts';

/** The recorded limits of one provider. */
export interface KnownUsage {
  provider_id: string;
  /** The last sample; null if there was only a warning of an agent. */
  latest: UsageSample | null;
  /** The last sample that has limits. */
  good: UsageSample | null;
  /** The log position at which the figures of `good` came first; null if there are none. */
  good_position: number | null;
  /** The last warning of a limit by a working agent, and its log position. */
  warned: UsageSample | null;
  warned_position: number | null;
  /** The account that was last seen; null if none ever was. */
  account: string | null;
  samples: number;
  first_at: string;
  last_at: string;
}

interface Row {
  provider_id: string;
  latest: string | null;
  good: string | null;
  warned: string | null;
  good_position: number | null;
  warned_position: number | null;
  account: string | null;
  samples: number;
  first_at: string;
  last_at: string;
}

/** Every provider that was ever sampled, or that ever warned. */
export const knownUsage = (rows: Rows): KnownUsage[] =>
  rows.all<Row>('SELECT * FROM usage_summary ORDER BY provider_id').map(parsed);

export function knownUsageOf(rows: Rows, provider: string): KnownUsage | undefined {
  const row = rows.get<Row>('SELECT * FROM usage_summary WHERE provider_id = ?', provider);
  return row && parsed(row);
}

const parsed = (row: Row): KnownUsage => ({
  ...row,
  latest: sample(row.latest),
  good: sample(row.good),
  warned: sample(row.warned),
});

const sample = (json: string | null): UsageSample | null =>
  json === null ? null : (JSON.parse(json) as UsageSample);

/** The figures of a window at one moment. */
export interface Figure {
  observed_at: string;
  used_percent: number;
  reset_at: string | null;
}

/**
 * The figures of one window since a moment and the one before it, the first in the log first. At most the newest
 * `limit`, however long the log is. With an account, figures that are known to be of another one are left out.
 */
export const figuresOf = (
  rows: Rows,
  provider: string,
  window: string,
  {
    since = '',
    limit = 500,
    account = null,
  }: { since?: string; limit?: number; account?: string | null } = {},
): Figure[] =>
  rows
    .all<Figure>(
      `SELECT observed_at, used_percent, reset_at FROM usage_history
       WHERE provider_id = ? AND name = ? AND (account IS NULL OR ? IS NULL OR account = ?)
         AND observed_at >= coalesce(
           (SELECT max(observed_at) FROM usage_history WHERE provider_id = ? AND name = ? AND observed_at < ?), ?)
       ORDER BY position DESC LIMIT ?`,
      ...[provider, window, account, account, provider, window, since, since, limit],
    )
    .reverse();

/** The samples of one limit within a window: the remaining percentage. */
export interface LimitRange {
  name: string;
  samples: number;
  min: number;
  max: number;
}

/** The limits of each provider that was ever sampled, with what was left of them between two moments. */
export function limitRanges(rows: Rows, start: number, end: number): Map<string, LimitRange[]> {
  const found = new Map<string, LimitRange[]>();
  const [from, to] = [new Date(start).toISOString(), new Date(end).toISOString()];
  for (let limit = nextLimit(rows, '', ''); limit; limit = nextLimit(rows, limit.provider_id, limit.name)) {
    const range = rows.get<Omit<LimitRange, 'name'>>(
      `SELECT count(*) AS samples, max(0, 100 - max(used_percent)) AS min, max(0, 100 - min(used_percent)) AS max
       FROM usage_history WHERE provider_id = ? AND name = ? AND observed_at >= ? AND observed_at < ?`,
      limit.provider_id,
      limit.name,
      from,
      to,
    );
    const ranges = found.get(limit.provider_id) ?? [];
    found.set(limit.provider_id, ranges);
    if (range && range.samples > 0) ranges.push({ name: limit.name, ...range });
  }
  return found;
}

/** Skips from one limit to the next: a single DISTINCT query would read every sample ever taken. */
const nextLimit = (rows: Rows, provider: string, name: string) =>
  rows.get<{ provider_id: string; name: string }>(
    `SELECT provider_id, name FROM usage_history WHERE (provider_id, name) > (?, ?)
     ORDER BY provider_id, name LIMIT 1`,
    provider,
    name,
  );
