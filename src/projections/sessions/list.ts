import type { Rows } from '../reader.ts';
import type { SessionRow } from './queries.ts';

/** Which sessions a list is of. */
export interface SessionFilter {
  /** null: all coordinators. */
  coordinator: string | null;
  state?: string | readonly string[];
  provider?: string;
  /** Only workers that run, and requests that wait for their start. */
  live?: boolean;
  limit: number;
  offset: number;
}

/** A page of sessions, newest first, and the total number. */
export function listSessions(rows: Rows, filter: SessionFilter): { sessions: SessionRow[]; total: number } {
  const { table, where, values } = selectionOf(filter);
  const sessions = rows.all<SessionRow>(
    // Selects positions first: an index covers them and all filters, while the rows are wide.
    `SELECT * FROM sessions WHERE position IN
       (SELECT position FROM ${table} ${where} ORDER BY position DESC LIMIT ? OFFSET ?) ORDER BY position DESC`,
    ...values,
    filter.limit,
    filter.offset,
  );
  return { sessions, total: countSelected(rows, filter) };
}

/** Where a session is in its log, and when it was requested. */
export interface SessionPlace {
  position: number;
  created_at: string;
}

/** The places of the same sessions. */
export function listPlaces(rows: Rows, filter: SessionFilter): { places: SessionPlace[]; total: number } {
  const { table, where, values } = selectionOf(filter);
  const places = rows.all<SessionPlace>(
    `SELECT position, created_at FROM session_facts WHERE position IN
       (SELECT position FROM ${table} ${where} ORDER BY position DESC LIMIT ? OFFSET ?) ORDER BY position DESC`,
    ...values,
    filter.limit,
    filter.offset,
  );
  return { places, total: countSelected(rows, filter) };
}

/** The sessions at these positions, in an order of their own. */
export const sessionsAt = (rows: Rows, positions: readonly number[]): SessionRow[] =>
  rows.all<SessionRow>(
    'SELECT * FROM sessions WHERE position IN (SELECT value FROM json_each(?))',
    JSON.stringify(positions),
  );

function countSelected(rows: Rows, filter: SessionFilter): number {
  const { table, where, values } = selectionOf(filter);
  return (
    rows.get<{ total: number }>(`SELECT count(*) AS total FROM ${table} ${where}`, ...values)?.total ?? 0
  );
}

/** The table and the condition of a filter, with the values for its marks. */
function selectionOf(filter: SessionFilter): { table: string; where: string; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  for (const [column, value] of [
    ['coordinator_id', filter.coordinator],
    ['state', filter.state],
    ['provider_id', filter.provider],
  ] as const) {
    if (value === null || value === undefined) continue;
    const allowed = typeof value === 'string' ? [value] : value;
    conditions.push(`${column} IN (${allowed.map(() => '?').join(', ')})`);
    values.push(...allowed);
  }
  if (filter.live) conditions.push("(alive = 1 OR state = 'QUEUED')");
  return {
    // Without a condition on the state its table need not be read.
    table: filter.state === undefined && !filter.live ? 'session_facts' : 'sessions',
    where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    values,
  };
}
