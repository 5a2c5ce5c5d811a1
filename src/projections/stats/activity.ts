import type { EventData, EventType, FoldedOf } from '../../events/catalogue/index.ts';
import { isFinal } from '../../machines/worker/state.ts';
import { kept, type Projection, plus, type Tables } from '../projection.ts';
import { sessionId } from '../sessions/changes.ts';

type StateEvent = Extract<EventType, `worker.${string}`>;
type Mark = 'interrupted' | 'timed_out' | 'terminated' | 'hit_wall' | 'handed_over';

/**
 * Ends the stay when the event's state is final, and reopens it when the worker is at work again. Most events change
 * neither, and then no page of the database is touched: statistics must not slow down every append.
 */
function stay(tables: Tables, event: FoldedOf<StateEvent>): void {
  const { state } = event.data;
  const outcome = isFinal(state) ? state : null;
  const ended = outcome === null ? null : kept('ended', Date.parse(event.occurred_at));
  tables.update('activity', sessionId(event), { outcome, ended }, 'id', { outcome });
}

const count = (tables: Tables, event: FoldedOf<StateEvent>, what: 'continued' | 'resumed', by = 1) =>
  tables.update('activity', sessionId(event), { [what]: plus(what, by) });

const mark = (tables: Tables, event: FoldedOf<StateEvent>, what: Mark) =>
  tables.update('activity', sessionId(event), { [what]: 1 }, 'id', { [what]: 1 });

/**
 * The data for statistics: one narrow row per worker. It has no index beside its key, since every append would write
 * that too, while a question reads all rows of a ledger of a million events in some milliseconds.
 */
export const activity: Projection = {
  name: 'activity',
  version: 4,
  tables: ['activity'],
  worker: 'id',
  held: { activity: 'id' },
  schema: `
    CREATE TABLE {activity} (
      /** Position of the request. */
      position INTEGER NOT NULL,
      id TEXT PRIMARY KEY,
      provider_id TEXT NOT NULL,
      account TEXT,
      role TEXT NOT NULL,
      coordinator_id TEXT NOT NULL,
      /** Milliseconds since 1970: from the request until the worker had completed, failed or was cancelled. */
      started INTEGER NOT NULL,
      ended INTEGER,
      /** The final state; null while there is none. */
      outcome TEXT,
      interrupted INTEGER NOT NULL DEFAULT 0,
      timed_out INTEGER NOT NULL DEFAULT 0,
      terminated INTEGER NOT NULL DEFAULT 0,
      /** 1 if it reached its provider's limit. */
      hit_wall INTEGER NOT NULL DEFAULT 0,
      /** How often it went on after it had been parked at a limit. */
      continued INTEGER NOT NULL DEFAULT 0,
      /** How often it got another process. */
      resumed INTEGER NOT NULL DEFAULT 0,
      /** 1 if another worker took over its work. */
      handed_over INTEGER NOT NULL DEFAULT 0,
      /** JSON: the provider that was asked for first and refused because of a limit, if any; null where that was not recorded. */
      walls TEXT /* vocabulary: quoted */
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'worker.spawn_requested': (tables, event) => {
      const { provider_id, account, role, coordinator_id, first_choice } = event.data;
      tables.insert('activity', {
        position: event.position,
        id: sessionId(event),
        provider_id,
        account,
        role,
        coordinator_id,
        started: Date.parse(event.occurred_at),
        walls: refusedIn(first_choice),
      });
    },
    // It is counted when it really starts.
    'worker.requeued': (tables, event) => tables.remove('activity', sessionId(event), 'id'),
    'worker.spawn_failed': stay,
    'worker.message_sent': (tables, event) => {
      stay(tables, event);
      if (event.data.continuation) count(tables, event, 'continued');
    },
    'worker.resume_requested': (tables, event) => {
      stay(tables, event);
      count(tables, event, 'resumed');
    },
    'worker.resume_failed': (tables, event) => {
      stay(tables, event);
      count(tables, event, 'resumed', -1);
    },
    'worker.parked': (tables, event) => mark(tables, event, 'hit_wall'),
    'worker.handed_over': (tables, event) => mark(tables, event, 'handed_over'),
    'worker.handover_failed': (tables, event) => {
      stay(tables, event);
      tables.update('activity', sessionId(event), { handed_over: 0 }, 'id', { handed_over: 0 });
    },
    'worker.interrupted': (tables, event) => mark(tables, event, 'interrupted'),
    'worker.transitioned': (tables, event) => {
      const { from, state, observe_event, readiness } = event.data;
      if (isFinal(from) || isFinal(state)) stay(tables, event);
      // The agent went on by itself.
      if (from === 'PARKED' && state === 'RUNNING') count(tables, event, 'continued');
      if (observe_event === 'overage_prompt' || readiness === 'limit_reached')
        mark(tables, event, 'hit_wall');
    },
    'worker.exited': stay,
    'worker.deadline_exceeded': (tables, event) => {
      stay(tables, event);
      mark(tables, event, 'timed_out');
    },
    'worker.lost': stay,
    'worker.terminated': (tables, event) => {
      stay(tables, event);
      mark(tables, event, 'terminated');
    },
  },
};

type FirstChoice = EventData<'worker.spawn_requested'>['first_choice'];

/** The provider that was asked for first, as JSON; null for an event that does not say whether there was one. */
const refusedIn = (choice: FirstChoice): string | null =>
  choice === undefined ? null : JSON.stringify(choice === null ? [] : [choice.provider_id]);
