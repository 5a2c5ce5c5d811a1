import type { LeaseMode } from '../../events/catalogue/words.ts';
import type { Rows } from '../../projections/reader.ts';
import type { HeldLease } from '../server/leases.ts';
import type { OpenLease } from './plan.ts';

interface OpenRow {
  id: number;
  repo_path: string;
  session_id: string;
  file_path: string;
  mode: LeaseMode;
  expires_at: string | null;
  repository: string | null;
  fleet_fence: number | null;
}

/** The leases that the ledger of this machine has open, with what it knows of them in the fleet. */
export const openHere = (rows: Rows): OpenLease[] =>
  rows
    .all<OpenRow>(
      `SELECT l.id, repo_path, session_id, file_path, mode, expires_at, f.repository, f.fence AS fleet_fence
       FROM leases l LEFT JOIN fleet_leases f ON f.id = l.id WHERE released_at IS NULL ORDER BY l.id`,
    )
    .map(({ id, repo_path, session_id, file_path, mode, expires_at, repository, fleet_fence }) => ({
      id,
      folder: repo_path,
      session: session_id,
      path: file_path,
      mode,
      expiresAt: expires_at,
      grant: repository === null || fleet_fence === null ? null : { repository, fence: fleet_fence },
    }));

/** Whether the ledger had a lease with this fence, and has it no more. */
export const hasEndedHere = (rows: Rows, { folder, session, path, fence }: HeldLease, now: Date): boolean =>
  rows.get(
    `SELECT 1 FROM leases l JOIN fleet_leases f ON f.id = l.id
     WHERE session_id = ? AND repo_path = ? AND file_path = ? AND f.fence = ?
       AND (released_at IS NOT NULL OR expires_at <= ?)`,
    session,
    folder,
    path,
    fence,
    now.toISOString(),
  ) !== undefined;
