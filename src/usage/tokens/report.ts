import type { SessionKey } from './sessions.ts';
import { NONE, SUMS, type Tokens } from './sums.ts';
import type { TokenIndex } from './token-index.ts';
import type { TokenReport, TokenRow } from './tokens-schema.ts';

export type Group = TokenReport['by'];

/** Days are those of the calendar where the reader is. */
const COLUMNS: Record<Group, string> = {
  day: "date(at, 'localtime')",
  model: 'model',
  project: 'project',
  session: 'session',
};

export const GROUPS = Object.keys(COLUMNS) as Group[];

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
): Omit<TokenReport, 'unreadable_logs' | 'worker'> {
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
