import { join } from 'node:path';
import type { SessionRow } from './queries.ts';
import type { Session, WatchFault } from './schema.ts';

/** How a failed worker's process ended, in the words of a reason; null if it did not fail, or how is not known. */
export function exitInWords({
  state,
  exit_code,
  exit_signal,
}: Pick<SessionRow, 'state' | 'exit_code' | 'exit_signal'>): string | null {
  if (state !== 'FAILED') return null;
  if (exit_signal !== null) return `its process was ended by signal ${exit_signal}`;
  return exit_code === null ? null : `its process exited with code ${exit_code}`;
}

/** Whether another process can go on with its work: it ran, it has ended, and its files are still its own. */
export const isResumable = ({
  alive,
  run,
  pane_pid,
  worktree_removed_at,
  successor,
}: Pick<SessionRow, 'alive' | 'run' | 'pane_pid' | 'worktree_removed_at' | 'successor'>): boolean =>
  alive === 0 &&
  (run > 1 || (run === 1 && pane_pid !== null)) &&
  worktree_removed_at === null &&
  successor === null;

const parsed = <T>(json: string | null): T | null => (json === null ? null : (JSON.parse(json) as T));

/** What is known of a session beside its row. */
export interface Troubles {
  fault?: WatchFault | undefined;
  undelivered?: string | undefined;
}

/** A session as every command prints it. */
export function sessionJson(row: SessionRow, { fault, undelivered }: Troubles = {}): Session {
  return {
    id: row.id,
    provider_id: row.provider_id,
    harness: row.harness,
    model: row.model,
    account: row.account,
    role: row.role,
    task: row.task,
    state: row.state,
    readiness: row.readiness,
    question: row.question,
    last_event: row.last_event,
    reason: row.reason ?? exitInWords(row),
    ...(fault ? { watch_fault: fault } : {}),
    ...(undelivered === undefined ? {} : { warnings: [undelivered] }),
    result: row.result,
    exit_code: row.exit_code,
    exit_signal: row.exit_signal,
    alive: row.alive === 1,
    runtime: row.runtime,
    isolation: row.isolation,
    supervision: row.supervision,
    coordinator_id: row.coordinator_id,
    repo_path: row.repo_path,
    worktree_path: row.worktree_removed_at === null ? row.worktree_path : null,
    worktree_branch: row.worktree_branch,
    artifact_dir: row.artifact_dir,
    transcript_path: row.transcript_path,
    events_path: join(row.artifact_dir, 'events.ndjson'),
    tmux: { session_name: row.tmux_session, window: row.tmux_window, pane: row.tmux_pane },
    created_at: row.created_at,
    updated_at: row.updated_at,
    ended_at: row.ended_at,
    deadline_at: row.deadline_at,
    max_turns: row.max_turns,
    run: row.run,
    resumable: isResumable(row),
    conversation_id: row.conversation_id,
    on_limit: parsed(row.on_limit),
    parked: row.state === 'PARKED' ? parsed(row.parked) : null,
    queued: row.state === 'QUEUED' ? parsed(row.queued) : null,
    predecessor: row.predecessor,
    successor: row.successor,
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
  };
}
