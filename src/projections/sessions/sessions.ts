import type { EventOf, EventType } from '../../events/catalogue/index.ts';
import { isFinal } from '../../machines/worker/state.ts';
import type { Projection, Tables } from '../projection.ts';

type StateEvent = Extract<EventType, `worker.${string}`>;

export const sessionId = (event: { stream_id: string }) => event.stream_id.slice('worker/'.length);

/** Writes the state that the event carries; `alive` changes only with events that carry it. */
function enter(
  tables: Tables,
  event: EventOf<StateEvent>,
  changes: Record<string, string | number | null> = {},
): void {
  const { state } = event.data;
  const also = Object.keys(changes).map((column) => `, ${column} = ?`);
  tables.run(
    `UPDATE {sessions} SET state = ?, updated_at = ?, version = ?,
       ended_at = CASE WHEN ? THEN coalesce(ended_at, ?) ELSE NULL END ${also.join('')} WHERE id = ?`,
    state,
    event.occurred_at,
    event.stream_version,
    isFinal(state) ? 1 : 0,
    event.occurred_at,
    ...Object.values(changes),
    sessionId(event),
  );
}

/** What a request says, whether it starts at once or waits in the queue. */
const requested = (event: EventOf<'worker.spawn_requested'> | EventOf<'worker.queued'>) => {
  const { data } = event;
  return {
    id: sessionId(event),
    version: event.stream_version,
    state: data.state,
    provider_id: data.provider_id,
    harness: data.harness,
    model: data.model,
    account: data.account,
    role: data.role,
    task: data.task,
    runtime: data.runtime,
    isolation: data.isolation,
    repo_path: data.repo_path,
    artifact_dir: data.artifact_dir,
    transcript_path: data.transcript_path,
    tmux_window: '',
    tmux_pane: '',
    coordinator_id: data.coordinator_id,
    supervision: data.supervision,
    max_turns: data.max_turns,
    on_limit: data.on_limit ? JSON.stringify(data.on_limit) : null,
    metadata: JSON.stringify(event.metadata),
    created_at: event.occurred_at,
    updated_at: event.occurred_at,
    run_at: event.occurred_at,
    last_event: 'none',
  };
};

/** One row per worker: its task, where it runs, and its state. */
export const sessions: Projection = {
  name: 'sessions',
  version: 5,
  tables: ['sessions'],
  schema: `
    CREATE TABLE {sessions} (
      /** Position of the request; sort it in descending order for newest first. */
      position INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      version INTEGER NOT NULL,
      state TEXT NOT NULL,
      provider_id TEXT NOT NULL,
      harness TEXT NOT NULL,
      model TEXT,
      account TEXT,
      role TEXT NOT NULL,
      task TEXT NOT NULL,
      runtime TEXT NOT NULL,
      isolation TEXT NOT NULL,
      repo_path TEXT NOT NULL,
      worktree_path TEXT,
      worktree_branch TEXT,
      worktree_removed_at TEXT,
      /** 'gc' if that has removed it; null for a caller who named this one. */
      worktree_removed_by TEXT,
      /** When gc removed them; null while the worker has files that are newer. */
      recording_removed_at TEXT,
      artifacts_removed_at TEXT,
      artifact_dir TEXT NOT NULL,
      transcript_path TEXT NOT NULL,
      tmux_session TEXT NOT NULL,
      tmux_window TEXT NOT NULL,
      tmux_pane TEXT NOT NULL,
      pane_pid INTEGER,
      pane_started TEXT,
      server_pid INTEGER,
      server_started TEXT,
      coordinator_id TEXT NOT NULL,
      supervision TEXT NOT NULL,
      initial_prompt_mode TEXT NOT NULL,
      max_turns INTEGER,
      deadline_at TEXT,
      /** JSON: metadata from the spawn request. */
      metadata TEXT NOT NULL,
      spawner_pid INTEGER NOT NULL,
      spawner_started TEXT NOT NULL,
      /** The number of its process; 0 while it is queued. */
      run INTEGER NOT NULL,
      /** When this run was requested. */
      run_at TEXT NOT NULL,
      /** The id under which its agent keeps the conversation; null while it is not known. */
      conversation_id TEXT,
      /** JSON: what happens at a limit; null for nothing. */
      on_limit TEXT,
      /** JSON: the limit that it waits for; null while it is not parked. */
      parked TEXT,
      /** JSON: its place in the queue, and why it waits; null once it has started. */
      queued TEXT,
      predecessor TEXT,
      successor TEXT,
      /** The process that hands its work over, while one does. */
      handing_pid INTEGER,
      handing_started TEXT,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      ended_at TEXT,
      /** When its process was gone, or its request dropped; ended_at may be long before. */
      gone_at TEXT,
      readiness TEXT,
      question TEXT,
      last_event TEXT NOT NULL,
      exit_code INTEGER,
      exit_signal TEXT,
      reason TEXT,
      result TEXT,
      /** The process that is ending it, while one is. */
      ender_pid INTEGER,
      ender_started TEXT,
      /** 1 from the request until the process is known to be gone. */
      alive INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX {sessions}_living ON {sessions} (alive) WHERE alive = 1;
    CREATE INDEX {sessions}_handing ON {sessions} (handing_pid) WHERE handing_pid IS NOT NULL;
    CREATE INDEX {sessions}_by_coordinator ON {sessions} (coordinator_id);
    -- Without the state: an index that includes it would be written with every transition.
    CREATE INDEX {sessions}_by_state ON {sessions} (state);
    CREATE INDEX {sessions}_by_provider ON {sessions} (provider_id, coordinator_id);
  `,
  apply: {
    'worker.queued': (tables, event) => {
      const { rank, not_before, expires_at, why, reason } = event.data;
      tables.insert('sessions', {
        ...requested(event),
        position: event.position,
        tmux_session: '',
        initial_prompt_mode: 'provider_default',
        spawner_pid: 0,
        spawner_started: '',
        run: 0,
        queued: JSON.stringify({ rank, not_before, expires_at, why, reason }),
        alive: 0,
      });
    },
    'worker.queue_moved': (tables, event) => {
      enter(tables, event);
      tables.run(
        "UPDATE {sessions} SET queued = json_set(queued, '$.rank', ?) WHERE id = ?",
        event.data.rank,
        sessionId(event),
      );
    },
    // Nothing of the start is left.
    'worker.requeued': (tables, event) => {
      const { rank, not_before, expires_at, reason } = event.data;
      enter(tables, event, {
        tmux_session: '',
        worktree_path: null,
        worktree_branch: null,
        deadline_at: null,
        spawner_pid: 0,
        spawner_started: '',
        run: 0,
        queued: JSON.stringify({ rank, not_before, expires_at, why: 'restart', reason }),
        alive: 0,
      });
    },
    'worker.dequeued': (tables, event) =>
      enter(tables, event, { queued: null, reason: event.data.reason, gone_at: event.occurred_at }),
    'worker.spawn_requested': (tables, event) => {
      const { data } = event;
      const row = {
        ...requested(event),
        worktree_path: data.worktree?.path ?? null,
        worktree_branch: data.worktree?.branch ?? null,
        tmux_session: data.tmux_session,
        initial_prompt_mode: data.initial_prompt_mode,
        deadline_at: data.deadline_at,
        spawner_pid: data.spawner.pid,
        spawner_started: data.spawner.started,
        run: 1,
        predecessor: data.predecessor ?? null,
        queued: null,
        alive: 1,
      };
      const waited = tables.get('SELECT 1 FROM {sessions} WHERE id = ?', row.id);
      if (waited === undefined) tables.insert('sessions', { ...row, position: event.position });
      else tables.update('sessions', row.id, row);
    },
    'worker.started': (tables, event) =>
      enter(tables, event, {
        tmux_window: event.data.tmux.window,
        tmux_pane: event.data.tmux.pane,
        pane_pid: event.data.process.pid,
        pane_started: event.data.process.started,
        server_pid: event.data.server.pid,
        server_started: event.data.server.started,
      }),
    'worker.spawn_failed': (tables, event) =>
      enter(tables, event, {
        alive: 0,
        gone_at: event.occurred_at,
        reason: event.data.reason,
        worktree_path: null,
        worktree_branch: null,
      }),
    'worker.prompt_delivered': (tables, event) => enter(tables, event),
    'worker.conversation_identified': (tables, event) =>
      enter(tables, event, { conversation_id: event.data.conversation_id }),
    'worker.resume_requested': (tables, event) =>
      enter(tables, event, {
        alive: 1,
        gone_at: null,
        run: event.data.run,
        run_at: event.occurred_at,
        conversation_id: event.data.conversation_id,
        tmux_session: event.data.tmux_session,
        tmux_window: '',
        tmux_pane: '',
        pane_pid: null,
        pane_started: null,
        server_pid: null,
        server_started: null,
        initial_prompt_mode: event.data.initial_prompt_mode,
        deadline_at: event.data.deadline_at,
        spawner_pid: event.data.spawner.pid,
        spawner_started: event.data.spawner.started,
        ender_pid: null,
        ender_started: null,
        exit_code: null,
        exit_signal: null,
        reason: null,
        result: null,
        question: null,
        readiness: null,
        parked: null,
        // It gets new ones.
        recording_removed_at: null,
        artifacts_removed_at: null,
      }),
    'worker.resume_failed': (tables, event) =>
      enter(tables, event, { alive: 0, gone_at: event.occurred_at, reason: event.data.reason }),
    'worker.parked': (tables, event) => {
      const { state: _, ...parked } = event.data;
      enter(tables, event, {
        last_event: 'limit_warning',
        readiness: parked.because === 'limit' ? 'limit_reached' : 'cut_short',
        parked: JSON.stringify(parked),
      });
    },
    'worker.park_ended': (tables, event) => enter(tables, event, { parked: null }),
    'worker.handover_requested': (tables, event) =>
      enter(tables, event, {
        handing_pid: event.data.requester.pid,
        handing_started: event.data.requester.started,
      }),
    'worker.handed_over': (tables, event) =>
      enter(tables, event, {
        successor: event.data.successor,
        parked: null,
        handing_pid: null,
        handing_started: null,
      }),
    'worker.handover_failed': (tables, event) =>
      enter(tables, event, {
        successor: null,
        handing_pid: null,
        handing_started: null,
        ...(event.data.state === 'LOST' ? { reason: event.data.reason } : {}),
      }),
    'worker.took_over': (tables, event) => enter(tables, event, { predecessor: event.data.predecessor }),
    'worker.message_sent': (tables, event) =>
      enter(tables, event, { question: null, readiness: null, parked: null }),
    'worker.message_delivered': (tables, event) => enter(tables, event),
    'worker.message_drafted': (tables, event) => enter(tables, event),
    'worker.keys_sent': (tables, event) => enter(tables, event),
    'worker.interrupted': (tables, event) => enter(tables, event),
    'worker.transitioned': (tables, event) =>
      enter(tables, event, {
        last_event: event.data.observe_event,
        question: event.data.question,
        readiness: event.data.readiness,
        ...(event.data.state === 'PARKED' ? {} : { parked: null }),
        ...(event.data.observe_event === 'completed' && event.data.source !== 'caller'
          ? { result: 'present' }
          : {}),
        ...(event.data.state === 'FAILED' ? { reason: event.data.evidence.join('\n') } : {}),
      }),
    'worker.limit_warned': (tables, event) => enter(tables, event, { last_event: 'limit_warning' }),
    'worker.retrying': (tables, event) => enter(tables, event),
    'worker.recovered': (tables, event) => enter(tables, event),
    'worker.observations_omitted': (tables, event) => enter(tables, event),
    'worker.exited': (tables, event) =>
      enter(tables, event, {
        alive: 0,
        gone_at: event.occurred_at,
        exit_code: event.data.code,
        exit_signal: event.data.signal,
        result: event.data.result,
      }),
    'worker.deadline_exceeded': (tables, event) =>
      enter(tables, event, {
        last_event: 'timeout',
        reason: `ran longer than ${event.data.max_runtime_seconds} s`,
      }),
    'worker.lost': (tables, event) =>
      enter(tables, event, { alive: 0, gone_at: event.occurred_at, reason: event.data.reason }),
    'worker.collected': (tables, event) => enter(tables, event),
    'worker.patch_applied': (tables, event) => enter(tables, event),
    // No sign of life: it stays out of the lists of what is new.
    'worker.files_removed': (tables, event) =>
      tables.run(
        `UPDATE {sessions} SET recording_removed_at = coalesce(recording_removed_at, ?),
           artifacts_removed_at = CASE WHEN ? THEN ? ELSE artifacts_removed_at END WHERE id = ?`,
        event.occurred_at,
        event.data.files === 'artifacts' ? 1 : 0,
        event.occurred_at,
        sessionId(event),
      ),
    'worker.termination_requested': (tables, event) =>
      enter(tables, event, {
        ender_pid: event.data.requester.pid,
        ender_started: event.data.requester.started,
      }),
    'worker.terminated': (tables, event) =>
      enter(tables, event, {
        alive: 0,
        gone_at: event.occurred_at,
        ender_pid: null,
        ender_started: null,
      }),
    // Also of a worker that was resumed, from the branch of one that had been removed.
    'worktree.created': (tables, event) =>
      tables.update('sessions', sessionId(event), { worktree_removed_at: null, worktree_removed_by: null }),
    'worktree.removed': (tables, event) =>
      tables.update('sessions', sessionId(event), {
        worktree_removed_at: event.occurred_at,
        worktree_removed_by: event.data.by ?? null,
      }),
  },
};
