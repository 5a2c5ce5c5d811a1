import { kept, type Projection } from '../projection.ts';
import { enter, learn, sessionId } from './changes.ts';
import { requests } from './requests.ts';
import { schema, tables, views } from './tables.ts';

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
    ...requests,
    'worker.prompt_delivered': (tables, event) => enter(tables, event),
    'worker.conversation_identified': (tables, event) => {
      enter(tables, event);
      learn(tables, event, { conversation_id: event.data.conversation_id });
    },
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
