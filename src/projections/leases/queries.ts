import Type, { type Static } from 'typebox';
import { type LeaseMode, leaseModes } from '../../events/catalogue/words.ts';
import { count, facts, instant, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import type { Rows } from '../reader.ts';
import type { FleetGrant } from './fleet-leases.ts';

/** A row of the projection `leases`. */
export interface LeaseRow {
  id: number;
  session_id: string;
  repo_path: string;
  file_path: string;
  mode: LeaseMode;
  fence: number;
  created_at: string;
  expires_at: string | null;
  released_at: string | null;
  release_reason: string | null;
}

export interface LeaseFilter {
  id?: number | undefined;
  sessionId?: string | undefined;
  repoPath?: string | undefined;
  filePath?: string | undefined;
}

/** The leases that are not released, oldest first. Includes expired leases until an event records the expiry. */
export const openLeases = (rows: Rows, filter: LeaseFilter = {}): LeaseRow[] =>
  select(rows, filter, ['released_at IS NULL']);

/** Every lease that was ever granted, oldest first. */
export const allLeases = (rows: Rows, filter: LeaseFilter = {}): LeaseRow[] => select(rows, filter, []);

/** The repositories in which a session holds a lease. */
export const repositoriesLeasedBy = (rows: Rows, session: string): string[] =>
  rows
    .all<{ repo_path: string }>(
      'SELECT DISTINCT repo_path FROM leases WHERE session_id = ? AND released_at IS NULL',
      session,
    )
    .map(({ repo_path }) => repo_path);

function select(rows: Rows, filter: LeaseFilter, fixed: string[]): LeaseRow[] {
  const conditions = [...fixed];
  const values: unknown[] = [];
  for (const [column, value] of [
    ['id', filter.id],
    ['session_id', filter.sessionId],
    ['repo_path', filter.repoPath],
    ['file_path', filter.filePath],
  ] as const) {
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(value);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return rows.all<LeaseRow>(`SELECT * FROM leases ${where} ORDER BY id`, ...values);
}

/** A lease as every command prints it: the keys of the older AgentPool, and ours. */
export const ListedLease = Type.Object(
  {
    id: noted(count, 'The position of the event that granted it.'),
    session_id: text,
    repo_path: text,
    file_path: noted(text, 'Relative to the repository; `.` is the whole repository.'),
    mode: oneOf(leaseModes),
    fence: noted(count, 'A holder of a smaller number of the same repository may have been superseded.'),
    scope: noted(
      oneOf(['fleet', 'local']),
      '`fleet`: every machine of the fleet knows it; `local`: only this one.',
    ),
    fleet_fence: noted(
      nullable(count),
      'The same as `fence` for the repository in the whole fleet; null unless the fleet knows the lease.',
    ),
    state: oneOf(['held', 'released', 'expired']),
    created_at: instant,
    expires_at: nullable(instant),
    released_at: nullable(instant),
    release_reason: nullable(text),
    metadata: facts,
  },
  { title: 'Lease', description: 'Who may read or write a path.' },
);
export type ListedLease = Static<typeof ListedLease>;

/** `grant` is that of the fleet, if it has granted the lease. */
export function leaseJson(row: LeaseRow, now: Date, grant: FleetGrant | undefined): ListedLease {
  return {
    id: row.id,
    session_id: row.session_id,
    repo_path: row.repo_path,
    file_path: row.file_path || '.',
    mode: row.mode,
    fence: row.fence,
    scope: grant ? 'fleet' : 'local',
    fleet_fence: grant?.fence ?? null,
    state: stateOf(row, now),
    created_at: row.created_at,
    expires_at: row.expires_at,
    released_at: row.released_at,
    release_reason: row.release_reason,
    metadata: {},
  };
}

function stateOf({ released_at, release_reason, expires_at }: LeaseRow, now: Date): ListedLease['state'] {
  if (released_at !== null) return release_reason === 'expired' ? 'expired' : 'released';
  return expires_at !== null && expires_at <= now.toISOString() ? 'expired' : 'held';
}
