import type { EventType, FoldedOf } from '../../events/catalogue/index.ts';
import { isFinal } from '../../machines/worker/state.ts';
import {
  type Changes,
  kept,
  keptWhile,
  type Projection,
  type Row,
  type Tables,
  type Value,
} from '../projection.ts';
import { schema, tables, views } from './tables.ts';

type StateEvent = Extract<EventType, `worker.${string}`>;

export const sessionId = (event: { stream_id: string }) => event.stream_id.slice('worker/'.length);

/** The row of its state has the position of its facts. */
const ofFacts = { column: 'position', table: 'session_facts', key: 'id' };

/** Writes the state that the event carries; `alive` changes only with events that carry it. */
function enter(tables: Tables, event: FoldedOf<StateEvent>, changes: Changes = {}): void {
  const { state } = event.data;
  const at = event.occurred_at;
  const entered = {
    entered_at: keptWhile('entered_at', 'state', state, at),
    state,
    updated_at: at,
    version: event.stream_version,
    ended_at: isFinal(state) ? kept('ended_at', at) : null,
    ...changes,
  };
  tables.update('session_states', sessionId(event), entered, ofFacts);
}

/** The state in the row of a worker; undefined without one. */
export const stateIn = (tables: Tables, id: string): Value | undefined =>
  tables.value('session_states', 'state', id, ofFacts);

const learn = (tables: Tables, event: { stream_id: string }, facts: Row): void =>
  tables.update('session_facts', sessionId(event), facts);

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

/** One row per worker: its task, where it runs, and its state. */
export const sessions: Projection = {
  name: 'sessions',
  version: 6,
  tables,
  schema,
  views,
  worker: 'id',
  held: { session_facts: 'id', session_states: 'position' },
  apply: {
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
    'worker.prompt_delivered': (tables, event) => enter(tables, event),
    'worker.conversation_identified': (tables, event) => {
      enter(tables, event);
      learn(tables, event, { conversation_id: event.data.conversation_id });
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
    'worker.handed_over': (tables, event) => {
      enter(tables, event, { parked: null, handing_pid: null, handing_started: null });
      learn(tables, event, { successor: event.data.successor });
    },
    'worker.handover_failed': (tables, event) => {
      enter(tables, event, {
        handing_pid: null,
        handing_started: null,
        ...(event.data.state === 'LOST' ? { reason: event.data.reason } : {}),
      });
      learn(tables, event, { successor: null });
    },
    'worker.took_over': (tables, event) => {
      enter(tables, event);
      learn(tables, event, { predecessor: event.data.predecessor });
    },
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
      tables.update('session_facts', sessionId(event), {
        recording_removed_at: kept('recording_removed_at', event.occurred_at),
        ...(event.data.files === 'artifacts' ? { artifacts_removed_at: event.occurred_at } : {}),
      }),
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
      learn(tables, event, { worktree_removed_at: null, worktree_removed_by: null }),
    'worktree.removed': (tables, event) =>
      learn(tables, event, {
        worktree_removed_at: event.occurred_at,
        worktree_removed_by: event.data.by ?? null,
      }),
  },
};
