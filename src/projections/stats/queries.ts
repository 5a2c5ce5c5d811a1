import type { Rows } from '../reader.ts';

/** Workers that worked within a window and are equal in everything that is counted. */
export interface Workers {
  provider_id: string;
  /** As the caller named it; null for the default one. */
  account: string | null;
  role: string;
  state: string;
  /** The provider that was asked for first and refused because of a limit; null where that was not recorded. */
  walls: string[] | null;
  count: number;
  /** How many of them were requested within the window, not before. */
  spawned: number;
  interrupted: number;
  timed_out: number;
  terminated: number;
  hit_wall: number;
  /** How often they went on after a limit, in another process, and with another worker. */
  continued: number;
  resumed: number;
  handed_over: number;
  /**
   * When each was asked for, and when each had ended (null: it goes on), each in an order of its own. Milliseconds
   * since 1970.
   */
  starts: number[];
  ends: (number | null)[];
}

export interface WorkersFilter {
  start: number;
  end: number;
  /** null: all coordinators, all providers. */
  coordinator: string | null;
  provider: string | null;
}

const CURRENT_STATE = 'SELECT state FROM sessions WHERE sessions.id = activity.id';

type Row = Omit<Workers, 'walls' | 'starts' | 'ends'> &
  Record<'starts' | 'ends', string> & { walls: string | null };

/** The providers that had a worker at work between two times, in milliseconds since 1970. */
export const providersAtWork = (rows: Rows, start: number, end: number): string[] =>
  rows
    .all<{ provider_id: string }>(
      'SELECT DISTINCT provider_id FROM activity WHERE (ended >= ? OR ended IS NULL) AND started < ?',
      start,
      end,
    )
    .map(({ provider_id }) => provider_id);

/**
 * The workers that were at work at some time of the window.
 * SQLite groups them and hands their times over as JSON: ten thousand rows would take JavaScript longer than all the
 * rest.
 */
export function workersWithin(rows: Rows, { start, end, coordinator, provider }: WorkersFilter): Workers[] {
  const conditions = ['started < ?'];
  const values: unknown[] = [end];
  if (coordinator !== null) {
    conditions.push('coordinator_id = ?');
    values.push(coordinator);
  }
  if (provider !== null) {
    conditions.push('provider_id = ?');
    values.push(provider);
  }
  const where = conditions.join(' AND ');
  return rows
    .all<Row>(
      `SELECT provider_id, account, role, state, walls, count(*) AS count, sum(started >= ?) AS spawned,
         sum(interrupted) AS interrupted, sum(timed_out) AS timed_out, sum(terminated) AS terminated,
         sum(hit_wall) AS hit_wall, sum(continued) AS continued, sum(resumed) AS resumed,
         sum(handed_over) AS handed_over, json_group_array(started) AS starts, json_group_array(ended) AS ends
       FROM (
         SELECT *, iif(ended IS NULL, coalesce((${CURRENT_STATE}), 'UNKNOWN'), outcome) AS state
         FROM activity WHERE (ended >= ? OR ended IS NULL) AND ${where}
       )
       GROUP BY provider_id, account, role, state, walls`,
      start,
      start,
      ...values,
    )
    .map((row) => ({
      ...row,
      walls: row.walls === null ? null : JSON.parse(row.walls),
      starts: JSON.parse(row.starts),
      ends: JSON.parse(row.ends),
    }));
}

/** When the first worker was requested, not counting those of some providers; null if there was none. */
export const firstSpawn = (rows: Rows, without: readonly string[] = []): number | null =>
  rows.get<{ started: number }>(
    `SELECT started FROM activity WHERE provider_id NOT IN (${without.map(() => '?').join(', ')})
     ORDER BY position LIMIT 1`,
    ...without,
  )?.started ?? null;

/** When a worker was requested, in milliseconds since 1970; null for an unknown worker. */
export const spawnTime = (rows: Rows, id: string): number | null =>
  rows.get<{ started: number }>('SELECT started FROM activity WHERE id = ?', id)?.started ?? null;
