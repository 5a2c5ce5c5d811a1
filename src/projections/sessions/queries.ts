import type { PromptMode, WorkerState } from '../../events/catalogue/words.ts';
import { finalStates } from '../../machines/worker/state.ts';
import type { Rows } from '../reader.ts';

/** A row of the projection `sessions`. */
export interface SessionRow {
  position: number;
  id: string;
  version: number;
  state: WorkerState;
  provider_id: string;
  harness: string;
  model: string | null;
  account: string | null;
  role: string;
  task: string;
  runtime: string;
  isolation: 'read_only' | 'worktree' | 'shared';
  repo_path: string;
  worktree_path: string | null;
  worktree_branch: string | null;
  worktree_removed_at: string | null;
  worktree_removed_by: 'gc' | null;
  recording_removed_at: string | null;
  artifacts_removed_at: string | null;
  artifact_dir: string;
  transcript_path: string;
  tmux_session: string;
  tmux_window: string;
  tmux_pane: string;
  pane_pid: number | null;
  pane_started: string | null;
  server_pid: number | null;
  server_started: string | null;
  coordinator_id: string;
  supervision: string;
  initial_prompt_mode: PromptMode;
  max_turns: number | null;
  deadline_at: string | null;
  metadata: string;
  spawner_pid: number;
  spawner_started: string;
  /** The number of its process; 0 while it is queued. */
  run: number;
  run_at: string;
  conversation_id: string | null;
  on_limit: string | null;
  parked: string | null;
  queued: string | null;
  predecessor: string | null;
  successor: string | null;
  /** The process that hands its work over, while one does. */
  handing_pid: number | null;
  handing_started: string | null;
  created_at: string;
  updated_at: string;
  ended_at: string | null;
  gone_at: string | null;
  readiness: string | null;
  question: string | null;
  last_event: string;
  exit_code: number | null;
  exit_signal: string | null;
  reason: string | null;
  result: string | null;
  ender_pid: number | null;
  ender_started: string | null;
  alive: 0 | 1;
}

export const liveSessions = (rows: Rows): SessionRow[] =>
  rows.all<SessionRow>('SELECT * FROM sessions WHERE alive = 1 ORDER BY position');

/** The workers of all coordinators that run, wait for their start, or had an event since a moment; oldest first. */
export const sessionsActiveSince = (rows: Rows, since: string): SessionRow[] =>
  rows.all<SessionRow>(
    "SELECT * FROM sessions WHERE alive = 1 OR state = 'QUEUED' OR updated_at >= ? ORDER BY position",
    since,
  );

/** The workers of all coordinators whose process is gone without an end that anyone wanted, oldest first. */
export const lostSessions = (rows: Rows): SessionRow[] =>
  rows.all<SessionRow>("SELECT * FROM sessions WHERE state = 'LOST' AND alive = 0 ORDER BY position");

/** The workers of all coordinators that have ended, whatever their end was: the newest, so many. */
export const endedSessions = (rows: Rows, most: number): SessionRow[] =>
  rows.all<SessionRow>(
    `SELECT * FROM sessions WHERE position IN
       (SELECT position FROM sessions WHERE alive = 0 AND state <> 'QUEUED' ORDER BY position DESC LIMIT ?)`,
    most,
  );

/** The workers of all coordinators that have ended, oldest first. */
export const allEnded = (rows: Rows): SessionRow[] =>
  rows.all<SessionRow>("SELECT * FROM sessions WHERE alive = 0 AND state <> 'QUEUED' ORDER BY position");

/** How many workers run or wait for their start. */
export const countLive = (rows: Rows): number =>
  rows.get<{ live: number }>("SELECT count(*) AS live FROM sessions WHERE alive = 1 OR state = 'QUEUED'")
    ?.live ?? 0;

/** Whether any worker of any coordinator runs or waits for its start. */
export const hasWork = (rows: Rows): boolean =>
  rows.get("SELECT 1 FROM sessions WHERE alive = 1 OR state = 'QUEUED' LIMIT 1") !== undefined;

/** The live worker of a provider that has this conversation of its agent; undefined if none has. */
export const sessionWithConversation = (
  rows: Rows,
  provider: string,
  conversation: string,
): string | undefined =>
  rows.get<{ id: string }>(
    // The plus keeps SQLite from the index of providers: live workers are fewer.
    'SELECT id FROM sessions WHERE alive = 1 AND +provider_id = ? AND conversation_id = ?',
    provider,
    conversation,
  )?.id;

/** The sessions that `agentpool run --tasks` has started from this file, from this position on, oldest first. */
export const sessionsOfBatch = (rows: Rows, file: string, from = 0): SessionRow[] =>
  rows.all<SessionRow>(
    `SELECT * FROM sessions WHERE position >= ? AND json_extract(metadata, '$.batch.file') = ?
     ORDER BY position`,
    from,
    file,
  );

/** The requests that wait for their start, in the order of their ranks. */
export const queuedSessions = (rows: Rows): SessionRow[] =>
  rows.all<SessionRow>(
    "SELECT * FROM sessions WHERE state = 'QUEUED' ORDER BY json_extract(queued, '$.rank'), position",
  );

/** The place of each request among those of its account, from 1, by the id of its session. */
export function queuePlaces(rows: Rows): Map<string, number> {
  const counts = new Map<string, number>();
  return new Map(
    queuedSessions(rows).map(({ id, provider_id, account }) => {
      const key = JSON.stringify([provider_id, account]);
      const place = (counts.get(key) ?? 0) + 1;
      counts.set(key, place);
      return [id, place];
    }),
  );
}

/** Whether any request waits for its start. */
export const hasQueued = (rows: Rows): boolean =>
  rows.get("SELECT 1 FROM sessions WHERE state = 'QUEUED' LIMIT 1") !== undefined;

export const sessionById = (rows: Rows, id: string): SessionRow | undefined =>
  rows.get<SessionRow>('SELECT * FROM sessions WHERE id = ?', id);

/** Whether any worker was ever requested. */
export const hasSessions = (rows: Rows): boolean =>
  rows.get('SELECT 1 FROM session_facts LIMIT 1') !== undefined;

/** The workers whose work is being handed over. */
export const sessionsHandedOver = (rows: Rows): SessionRow[] =>
  rows.all<SessionRow>(`SELECT * FROM sessions WHERE position IN
       (SELECT position FROM session_states WHERE handing_pid IS NOT NULL) ORDER BY position`);

/** The number of live workers of a coordinator that work or can receive work. */
export function countWorking(rows: Rows, coordinator: string): number {
  const finals = finalStates.map(() => '?').join(', ');
  // The plus keeps SQLite from the index of coordinators: live workers are fewer.
  const sql = `SELECT count(*) AS live FROM sessions
    WHERE alive = 1 AND +coordinator_id = ? AND state NOT IN (${finals})`;
  return rows.get<{ live: number }>(sql, coordinator, ...finalStates)?.live ?? 0;
}

/** The processes of a live session. */
export type SessionProcesses = { started: 0 | 1 } & Pick<
  SessionRow,
  'server_pid' | 'server_started' | 'spawner_pid' | 'spawner_started' | 'ender_pid' | 'ender_started'
>;

const PROCESSES = `SELECT pane_pid IS NOT NULL AS started, server_pid, server_started, spawner_pid,
    spawner_started, ender_pid, ender_started
  FROM sessions WHERE alive = 1`;

export const liveProcesses = (rows: Rows): SessionProcesses[] => rows.all<SessionProcesses>(PROCESSES);

/** Undefined for a session that is not alive. */
export const processesOfLive = (rows: Rows, id: string): SessionProcesses | undefined =>
  rows.get<SessionProcesses>(`${PROCESSES} AND id = ?`, id);

/** When each of these workers entered the state that it is in, by its id. */
export function enteredAt(rows: Rows, sessions: readonly string[]): Map<string, string> {
  const marks = sessions.map(() => '?').join(', ');
  const found = rows.all<{ id: string; entered_at: string }>(
    `SELECT id, entered_at FROM session_facts JOIN session_states USING (position) WHERE id IN (${marks})`,
    ...sessions,
  );
  return new Map(found.map(({ id, entered_at }) => [id, entered_at]));
}

/** Sessions whose id begins with `prefix`; only the exact match if there is one. */
export function sessionsNamed(rows: Rows, prefix: string): SessionRow[] {
  const exact = sessionById(rows, prefix);
  if (exact) return [exact];
  // A range, which can use the index of the ids; a condition on substr() would read every row.
  return rows.all<SessionRow>(
    'SELECT * FROM sessions WHERE id >= ? AND id < ? ORDER BY position DESC LIMIT 5',
    prefix,
    `${prefix}\u{10ffff}`,
  );
}

/** The newest session that runs, has run or waits in the queue; one that could not be started only if there is no other. */
export const newestSession = (rows: Rows, coordinator: string): SessionRow | undefined => {
  const newest = (condition: string) =>
    rows.get<SessionRow>(
      `SELECT * FROM sessions WHERE coordinator_id = ?${condition} ORDER BY position DESC LIMIT 1`,
      coordinator,
    );
  return newest(" AND (alive = 1 OR pane_pid IS NOT NULL OR state = 'QUEUED')") ?? newest('');
};

/** Where and when a worker works or worked; times in milliseconds since 1970. */
export interface WorkerPlace {
  id: string;
  provider_id: string;
  account: string | null;
  coordinator_id: string;
  /** The conversation of its agent; null while it is not known. */
  conversation_id: string | null;
  repo_path: string;
  /** Its own work tree, even if removed since. */
  worktree_path: string | null;
  started: number;
  ended: number | null;
}

const PLACES = `SELECT id, provider_id, facts.account, facts.coordinator_id, conversation_id, repo_path, worktree_path, started, ended
  FROM session_facts AS facts JOIN activity USING (id, provider_id)`;

/** The places of all workers that were requested before one moment and had not ended before another. */
export const workerPlaces = (rows: Rows, start: number, end: number): WorkerPlace[] =>
  rows.all<WorkerPlace>(`${PLACES} WHERE started < ? AND (ended IS NULL OR ended >= ?)`, end, start);
