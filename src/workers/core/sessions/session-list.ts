import type { Rows } from '../../../projections/reader.ts';
import { sessionJson } from '../../../projections/sessions/json.ts';
import { listSessions, type SessionFilter } from '../../../projections/sessions/list.ts';
import { lostSteps } from '../../../projections/sessions/lost.ts';
import type { Pagination, SessionList } from '../../../projections/sessions/schema.ts';
import { troublesIn } from '../../../projections/troubles.ts';
import { withFiles } from './session-files.ts';

export interface SessionListRequest {
  recent?: number | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  state?: string | readonly string[] | undefined;
  provider?: string | undefined;
  /** Sessions of every coordinator, not just the caller's. */
  all?: boolean;
  /** Only workers that run, and requests that wait for their start. */
  live?: boolean;
}

/**
 * What `agentpool sessions --json` prints: one page of sessions, newest first, and the coordinator they belong to. Their
 * files are looked for in the folder `artifacts`.
 */
export function sessionList(
  rows: Rows,
  request: SessionListRequest,
  coordinator: string,
  artifacts: string,
): SessionList {
  const filter = filterOf(request, coordinator);
  const { sessions, total } = listSessions(rows, filter);
  const troubles = troublesIn(rows);
  const next = lostSteps(rows);
  return {
    sessions: sessions.map((row) => sessionJson(withFiles(artifacts, row), troubles(row.id))),
    pagination: pageOf(sessions.length, total, { limit: filter.limit, offset: filter.offset }),
    scope: { coordinator_id: coordinator, current_coordinator_only: !request.all },
    ...(next.length > 0 ? { next } : {}),
  };
}

/** Which sessions a request is for. */
export const filterOf = (request: SessionListRequest, coordinator: string): SessionFilter => ({
  coordinator: request.all ? null : coordinator,
  ...(request.state ? { state: request.state } : {}),
  ...(request.provider ? { provider: request.provider } : {}),
  ...(request.live ? { live: true } : {}),
  limit: request.recent ?? request.limit ?? 50,
  offset: request.offset ?? 0,
});

/** The position of a page in its list, and where the next one begins. */
export function pageOf(
  count: number,
  total: number,
  { limit, offset }: Pick<Pagination, 'limit' | 'offset'>,
): Pagination {
  const next = offset + count;
  return { count, total, limit, offset, has_more: next < total, next_offset: next < total ? next : null };
}
