import type { SessionKey } from './sessions.ts';
import { NONE, SUMS, type Tokens } from './sums.ts';
import type { TokenIndex, Updated } from './token-index.ts';

export const GROUPS = ['day', 'model', 'project', 'session'] as const;
export type Group = (typeof GROUPS)[number];

/** Days are those of the calendar where the reader is. */
const COLUMNS: Record<Group, string> = {
  day: "date(at, 'localtime')",
  model: 'model',
  project: 'project',
  session: 'session',
};

export interface TokenRow extends Tokens {
  provider_id: string;
  /** The day, model, project or session; null where the log does not say. */
  group: string | null;
}

export interface TokenReport {
  by: Group;
  start: string;
  end: string;
  rows: TokenRow[];
  totals: Tokens;
  unpriced_models: string[];
  unreadable_logs: Updated['unreadable'];
}

export interface TokenWish {
  /** Milliseconds since 1970; the end does not belong to it. */
  window: { start: number; end: number };
  by: Group;
  providers: readonly string[];
  /** Of these sessions only; null: of all, also of answers that name none. */
  sessions: readonly SessionKey[] | null;
}

/** What the index knows of the tokens of a window. */
export function reportOf(
  { connection }: TokenIndex,
  { window, by, providers, sessions }: TokenWish,
): Omit<TokenReport, 'unreadable_logs'> {
  const [start, end] = [window.start, window.end].map((at) => new Date(at).toISOString()) as [string, string];
  const theirs = sessions
    ? 'AND (provider_id, session) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))'
    : '';
  const within = `FROM uses WHERE at >= ? AND at < ? AND provider_id IN (SELECT value FROM json_each(?)) ${theirs}`;
  const values = [
    start,
    end,
    JSON.stringify(providers),
    ...(sessions ? [JSON.stringify(sessions.map(({ provider_id, session }) => [provider_id, session]))] : []),
  ];
  const all = <Row>(sql: string): Row[] => connection.prepare(sql).all(...values) as Row[];
  const column = COLUMNS[by];
  const rows = all<TokenRow>(
    `SELECT provider_id, ${column} AS "group", ${SUMS} ${within} GROUP BY provider_id, ${column}
     ORDER BY ${by === 'day' ? '"group", provider_id' : 'input + output DESC'}`,
  );
  const unpriced = all<{ model: string }>(
    `SELECT DISTINCT model ${within} AND usd IS NULL AND model IS NOT NULL ORDER BY model`,
  );
  const [totals = NONE] = all<Tokens>(`SELECT ${SUMS} ${within}`);
  return { by, start, end, rows, totals, unpriced_models: unpriced.map(({ model }) => model) };
}
