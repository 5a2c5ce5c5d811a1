import type { FoldedOf } from '../../events/catalogue/index.ts';
import type { Projection } from '../projection.ts';
import { enter, learn, sessionId } from './changes.ts';

type Request = FoldedOf<'worker.spawn_requested'> | FoldedOf<'worker.queued'>;

/** What a request says, whether it starts at once or waits in the queue. */
const requestedFacts = (event: Request) => {
  const { data } = event;
  return {
    id: sessionId(event),
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
    run_at: event.occurred_at,
  };
};

const requestedState = (event: Request, alive: 0 | 1) => ({
  version: event.stream_version,
  state: event.data.state,
  updated_at: event.occurred_at,
  last_event: 'none',
  alive,
  entered_at: event.occurred_at,
});

/** What a request, a start or a resume of a worker makes of its row. */
export const requests: Projection['apply'] = {
  'worker.queued': (tables, event) => {
    const { rank, not_before, expires_at, why, reason } = event.data;
    const { position } = event;
    tables.insert('session_facts', {
      ...requestedFacts(event),
      position,
      tmux_session: '',
      initial_prompt_mode: 'provider_default',
      spawner_pid: 0,
      spawner_started: '',
      run: 0,
      queued: JSON.stringify({ rank, not_before, expires_at, why, reason }),
    });
    tables.insert('session_states', { ...requestedState(event, 0), position });
  },
  'worker.queue_moved': (tables, event) => {
    enter(tables, event);
    tables.run(
      "UPDATE {session_facts} SET queued = json_set(queued, '$.rank', ?) WHERE id = ?",
      event.data.rank,
      sessionId(event),
    );
  },
  // Nothing of the start is left.
  'worker.requeued': (tables, event) => {
    const { rank, not_before, expires_at, reason } = event.data;
    enter(tables, event, { alive: 0 });
    learn(tables, event, {
      tmux_session: '',
      worktree_path: null,
      worktree_branch: null,
      deadline_at: null,
      spawner_pid: 0,
      spawner_started: '',
      run: 0,
      queued: JSON.stringify({ rank, not_before, expires_at, why: 'restart', reason }),
    });
  },
  'worker.dequeued': (tables, event) => {
    enter(tables, event, { reason: event.data.reason, gone_at: event.occurred_at });
    learn(tables, event, { queued: null });
  },
  'worker.spawn_requested': (tables, event) => {
    const { data } = event;
    const facts = {
      ...requestedFacts(event),
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
    };
    const state = requestedState(event, 1);
    const waiting = tables.value('session_facts', 'position', facts.id);
    if (waiting === undefined) {
      const { position } = event;
      tables.insert('session_facts', { ...facts, position });
      tables.insert('session_states', { ...state, position });
    } else {
      tables.update('session_facts', facts.id, facts);
      tables.update('session_states', waiting, state, 'position');
    }
  },
  'worker.started': (tables, event) => {
    enter(tables, event);
    learn(tables, event, {
      tmux_window: event.data.tmux.window,
      tmux_pane: event.data.tmux.pane,
      pane_pid: event.data.process.pid,
      pane_started: event.data.process.started,
      server_pid: event.data.server.pid,
      server_started: event.data.server.started,
    });
  },
  'worker.spawn_failed': (tables, event) => {
    enter(tables, event, { alive: 0, gone_at: event.occurred_at, reason: event.data.reason });
    learn(tables, event, { worktree_path: null, worktree_branch: null });
  },
  'worker.resume_requested': (tables, event) => {
    enter(tables, event, {
      alive: 1,
      gone_at: null,
      ender_pid: null,
      ender_started: null,
      exit_code: null,
      exit_signal: null,
      reason: null,
      result: null,
      question: null,
      readiness: null,
      parked: null,
    });
    learn(tables, event, {
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
      // It gets new ones.
      recording_removed_at: null,
      artifacts_removed_at: null,
    });
  },
  'worker.resume_failed': (tables, event) =>
    enter(tables, event, { alive: 0, gone_at: event.occurred_at, reason: event.data.reason }),
};
