import { dayAfter } from '../../lib/time/calendar.ts';
import { byRepository, type KnownWorktree } from './projects.ts';
import type { SessionKey } from './sessions.ts';
import { NONE, plus, SUMS, type Tokens } from './sums.ts';
import type { TokenIndex } from './token-index.ts';
import type { TokenReport, TokenRow } from './tokens-schema.ts';

export type Group = TokenReport['by'];

export const GROUPS = ['day', 'model', 'project', 'session'] as const satisfies readonly Group[];

export interface TokenOptions {
  /** Milliseconds since 1970; the end is exclusive. */
  window: { start: number; end: number };
  /** The end of the window by default: what comes later is missing from no day. */
  now?: number;
  by: Group;
  providers: readonly string[];
  /** Only these sessions; null for all, including answers that name none. */
  sessions: readonly SessionKey[] | null;
  /** Worktrees whose folders may be gone; others are known from when they were there. */
  worktrees?: readonly KnownWorktree[];
}

/** The totals and groups of a window, from the index. */
export function reportOf(
  { connection }: TokenIndex,
  { window, now = window.end, by, providers, sessions, worktrees = [] }: TokenOptions,
): Omit<TokenReport, 'unreadable_logs' | 'worker'> {
  const [start, end] = [window.start, window.end].map(iso) as [string, string];
  const inSessions = sessions
    ? 'AND (provider_id, session) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))'
    : '';
  const scope = `provider_id IN (SELECT value FROM json_each(?)) ${inSessions}`;
  const who = [
    JSON.stringify(providers),
    ...(sessions ? [JSON.stringify(sessions.map(({ provider_id, session }) => [provider_id, session]))] : []),
  ];
  const all = <Row>(sql: string, ...values: unknown[]): Row[] =>
    connection.prepare(sql).all(...values, ...who) as Row[];
  // One day at a time by the index: to compute the day of each answer would take SQLite longer than all the rest.
  const grouped =
    by === 'day'
      ? all<TokenRow>(
          `SELECT provider_id, days.value ->> 0 AS "group", ${SUMS} FROM json_each(?) AS days
           CROSS JOIN uses INDEXED BY uses_by_time ON at >= days.value ->> 1 AND at < days.value ->> 2
           WHERE ${scope} GROUP BY days.key, provider_id ORDER BY days.key, provider_id`,
          JSON.stringify(daysBetween(Math.max(window.start, firstAnswer(connection)), window.end)),
        )
      : all<TokenRow>(
          `SELECT provider_id, ${by} AS "group", ${SUMS} FROM uses INDEXED BY uses_by_time
           WHERE at >= ? AND at < ? AND ${scope} GROUP BY provider_id, ${by} ORDER BY input + output DESC`,
          start,
          end,
        );
  const rows =
    by === 'day'
      ? grouped.map((row) => marked(row, window, now))
      : by === 'project'
        ? byRepository(grouped, connection, worktrees)
        : grouped;
  const unpriced = all<{ model: string }>(
    `SELECT DISTINCT model FROM uses
     WHERE usd IS NULL AND model IS NOT NULL AND at >= ? AND at < ? AND ${scope} ORDER BY model`,
    start,
    end,
  );
  return {
    by,
    start,
    end,
    rows,
    totals: rows.reduce<Tokens>(plus, NONE),
    unpriced_models: unpriced.map(({ model }) => model),
  };
}

function firstAnswer(connection: TokenIndex['connection']): number {
  const { at } = connection.prepare('SELECT min(at) AS at FROM uses').get() as { at: string | null };
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
}

/** The time of the latest answer, in milliseconds since 1970; 0 without one. */
export function lastAnswer({ connection }: TokenIndex): number {
  const { at } = connection.prepare('SELECT max(at) AS at FROM uses').get() as { at: string | null };
  return at === null ? 0 : Date.parse(at);
}

const iso = (at: number): string => new Date(at).toISOString();

/** The row of a day, marked if the window does not cover all of that day until now. */
function marked(row: TokenRow, window: TokenOptions['window'], now: number): TokenRow {
  const [year = 0, month = 1, day = 1] = row.group?.split('-').map(Number) ?? [];
  const begin = new Date(year, month - 1, day);
  const isPartial = window.start > begin.getTime() || window.end < Math.min(dayAfter(begin).getTime(), now);
  return isPartial ? { ...row, partial: true } : row;
}

/** Each calendar day in the reader's time zone, with its first moment in the window and the one after its last. */
function daysBetween(start: number, end: number): [day: string, from: string, until: string][] {
  const days: [string, string, string][] = [];
  for (let at = new Date(start); at.getTime() < end; ) {
    const next = dayAfter(at);
    const name = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) =>
      String(part).padStart(2, '0'),
    );
    days.push([name.join('-'), iso(at.getTime()), iso(Math.min(next.getTime(), end))]);
    at = next;
  }
  return days;
}
