/**
 * What is known of each worker, in two tables: a row of facts is wide and rarely changes, a row of its state is narrow and
 * changes with nearly every event. An append writes each page that it changes, and a wide row takes more of them.
 */
export const tables = ['session_facts', 'session_states'] as const;

export const schema = `
  CREATE TABLE {session_facts} (
    /** Position of the request; sort it in descending order for newest first. */
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
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
    /** JSON: its place in the queue, and why it waits; null once it has started. */
    queued TEXT,
    predecessor TEXT,
    successor TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX {session_facts}_by_coordinator ON {session_facts} (coordinator_id);
  CREATE INDEX {session_facts}_by_provider ON {session_facts} (provider_id, coordinator_id);

  CREATE TABLE {session_states} (
    /** That of its facts. */
    position INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    /** JSON: the limit that it waits for; null while it is not parked. */
    parked TEXT,
    /** The process that hands its work over, while one does. */
    handing_pid INTEGER,
    handing_started TEXT,
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
    alive INTEGER NOT NULL,
    /** When it entered its state. */
    entered_at TEXT NOT NULL
  ) STRICT;
  -- Partial: a change from one state to another writes none of them.
  CREATE INDEX {session_states}_living ON {session_states} (alive) WHERE alive = 1;
  CREATE INDEX {session_states}_handing ON {session_states} (handing_pid) WHERE handing_pid IS NOT NULL;
  CREATE INDEX {session_states}_queued ON {session_states} (state) WHERE state = 'QUEUED';
  CREATE INDEX {session_states}_lost ON {session_states} (state) WHERE state = 'LOST';
`;

/** Both as one row per worker, as queries read them. */
const sessions = `
  SELECT facts.position, id, version, state, provider_id, harness, model, account, role, task, runtime,
    isolation, repo_path, worktree_path, worktree_branch, worktree_removed_at, worktree_removed_by,
    recording_removed_at, artifacts_removed_at, artifact_dir, transcript_path, tmux_session,
    tmux_window, tmux_pane, pane_pid, pane_started, server_pid, server_started, coordinator_id,
    supervision, initial_prompt_mode, max_turns, deadline_at, metadata, spawner_pid, spawner_started,
    run, run_at, conversation_id, on_limit, parked, queued, predecessor, successor, handing_pid,
    handing_started, created_at, updated_at, ended_at, gone_at, readiness, question, last_event,
    exit_code, exit_signal, reason, result, ender_pid, ender_started, alive
  FROM {session_facts} AS facts JOIN {session_states} USING (position)`;

export const views = { sessions };
