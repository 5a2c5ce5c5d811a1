import type { UsageSample } from '../../events/catalogue/usage.ts';
import type { Projection, Tables } from '../projection.ts';

/**
 * The recorded limits of every provider: one row per provider, and the figures of its windows over time. Newer means
 * later in the log: a clock may have been moved between two samples.
 */
export const usageSummary: Projection = {
  name: 'usage_summary',
  version: 2,
  tables: ['usage_summary', 'usage_history'],
  schema: `
    CREATE TABLE {usage_summary} (
      provider_id TEXT PRIMARY KEY,
      /** JSON: the last sample, successful or not. */
      latest TEXT,
      /** JSON: the last sample that has limits, if it is of the current account. */
      good TEXT,
      /** Position at which the figures of that sample came first; a sample that repeats them is not newer. */
      good_position INTEGER,
      /** JSON: the last warning of a limit by a working agent, if no other account was seen since. */
      warned TEXT,
      warned_position INTEGER,
      /** The account that was last seen; null if none ever was. */
      account TEXT,
      samples INTEGER NOT NULL,
      first_at TEXT NOT NULL,
      last_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE {usage_history} (
      provider_id TEXT NOT NULL,
      name TEXT NOT NULL,
      observed_at TEXT NOT NULL,
      used_percent REAL NOT NULL,
      reset_at TEXT,
      position INTEGER NOT NULL,
      account TEXT,
      PRIMARY KEY (provider_id, name, observed_at)
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'usage.sampled': (tables, { data, position }) => {
      const before = tables.get<Before>(
        'SELECT good, good_position, warned, warned_position, account FROM {usage_summary} WHERE provider_id = ?',
        data.provider_id,
      );
      if (data.confidence === 'provider_warning') {
        summarize(tables, data, { ...before, warned: JSON.stringify(data), warned_position: position });
        return;
      }
      summarize(tables, data, { ...answered(data, position, before), latest: JSON.stringify(data) });
      remember(tables, data, position);
    },
  },
};

/** Whether a sample has limits, so that it is worth keeping when the next sample fails. */
export const isGood = ({ status }: Pick<UsageSample, 'status'>): boolean =>
  !['unknown', 'unauthenticated', 'unavailable'].includes(status);

interface Before {
  good: string | null;
  good_position: number | null;
  warned: string | null;
  warned_position: number | null;
  account: string | null;
}

type Columns = Partial<Before & { latest: string }>;

/** What an answer changes. Figures and warnings of another account than the one that answered are dropped. */
function answered(data: UsageSample, position: number, before: Before | undefined): Columns {
  const good = before?.good ? (JSON.parse(before.good) as UsageSample) : null;
  // Figures that were kept after a failed question do not show which account is in use, and are no newer than they were.
  if (good && isGood(data) && good.observed_at === data.observed_at && accountOf(good) === accountOf(data))
    return { ...before, good: JSON.stringify(data) };
  const account = accountOf(data) ?? before?.account ?? null;
  const isSwitched = before?.account != null && account !== before.account;
  const kept = isSwitched ? { warned: null, warned_position: null } : before;
  if (isGood(data)) return { ...kept, account, good: JSON.stringify(data), good_position: position };
  const isForeign = good !== null && isOtherAccount(accountOf(good), account);
  return { ...before, ...kept, account, ...(isForeign ? { good: null, good_position: null } : {}) };
}

export const accountOf = ({ account }: Pick<UsageSample, 'account'>): string | null => account ?? null;

/** Whether two accounts are known to differ. */
export const isOtherAccount = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== other;

function summarize(tables: Tables, { provider_id, checked_at }: UsageSample, columns: Columns): void {
  const names = Object.keys(columns);
  const taken = names.map((name) => `${name} = excluded.${name}`).join(', ');
  tables.run(
    `INSERT INTO {usage_summary} (provider_id, samples, first_at, last_at, ${names.join(', ')})
     VALUES (?, 1, ?, ?, ${names.map(() => '?').join(', ')})
     ON CONFLICT (provider_id) DO UPDATE SET
       samples = samples + 1, last_at = excluded.last_at, ${taken}`,
    provider_id,
    checked_at,
    checked_at,
    ...Object.values(columns),
  );
}

/** A sample that repeats earlier figures has their time: it is the same row again, at its first position. */
function remember(tables: Tables, sample: UsageSample, position: number): void {
  const { provider_id, observed_at, windows } = sample;
  for (const { name, used_percent, reset_at } of windows) {
    if (used_percent === null) continue;
    tables.run(
      `INSERT INTO {usage_history} VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET used_percent = excluded.used_percent, reset_at = excluded.reset_at,
         account = excluded.account`,
      provider_id,
      name,
      observed_at,
      used_percent,
      reset_at,
      position,
      accountOf(sample),
    );
  }
}
