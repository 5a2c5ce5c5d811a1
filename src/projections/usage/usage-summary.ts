import type { UsageSample } from '../../events/catalogue/usage.ts';
import type { Projection, Tables } from '../projection.ts';

/** The recorded limits of every provider: one row per provider, and the figures of its windows over time. */
export const usageSummary: Projection = {
  name: 'usage_summary',
  version: 1,
  tables: ['usage_summary', 'usage_history'],
  schema: `
    CREATE TABLE {usage_summary} (
      provider_id TEXT PRIMARY KEY,
      /** JSON: the last sample, successful or not. */
      latest TEXT,
      /** JSON: the last sample that has limits. */
      good TEXT,
      /** JSON: the last warning of a limit by a working agent. */
      warned TEXT,
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
      PRIMARY KEY (provider_id, name, observed_at)
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'usage.sampled': (tables, { data }) => {
      if (data.confidence === 'provider_warning') return summarize(tables, data, { warned: data });
      summarize(tables, data, isGood(data) ? { latest: data, good: data } : { latest: data });
      remember(tables, data);
    },
  },
};

/** Whether a sample has limits, so that it is worth keeping when the next sample fails. */
export const isGood = ({ status }: Pick<UsageSample, 'status'>): boolean =>
  !['unknown', 'unauthenticated', 'unavailable'].includes(status);

type Columns = Partial<Record<'latest' | 'good' | 'warned', UsageSample>>;

function summarize(tables: Tables, { provider_id, checked_at }: UsageSample, columns: Columns): void {
  const names = Object.keys(columns);
  const taken = names.map((name) => `${name} = excluded.${name}`).join(', ');
  tables.run(
    `INSERT INTO {usage_summary} (provider_id, samples, first_at, last_at, ${names.join(', ')})
     VALUES (?, 1, ?, ?, ${names.map(() => '?').join(', ')})
     ON CONFLICT (provider_id) DO UPDATE SET
       samples = samples + 1, last_at = max(last_at, excluded.last_at), ${taken}`,
    provider_id,
    checked_at,
    checked_at,
    ...Object.values(columns).map((sample) => JSON.stringify(sample)),
  );
}

/** A sample that repeats earlier figures has their time: it is the same row again. */
function remember(tables: Tables, { provider_id, observed_at, windows }: UsageSample): void {
  for (const { name, used_percent, reset_at } of windows) {
    if (used_percent === null) continue;
    tables.run(
      'INSERT OR REPLACE INTO {usage_history} VALUES (?, ?, ?, ?, ?)',
      provider_id,
      name,
      observed_at,
      used_percent,
      reset_at,
    );
  }
}
