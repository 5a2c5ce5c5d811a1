import type { EventType, FoldedOf } from '../../events/catalogue/index.ts';
import { isFinal } from '../../machines/worker/state.ts';
import {
  kept,
  keptWhile,
  type RowChanges,
  type SqlValue,
  type TableRow,
  type Tables,
} from '../projection.ts';

type StateEvent = Extract<EventType, `worker.${string}`>;

export const sessionId = (event: { stream_id: string }) => event.stream_id.slice('worker/'.length);

/** The row of its state has the position of its facts. */
const ofFacts = { column: 'position', table: 'session_facts', key: 'id' };

/** Writes the state that the event carries; `alive` changes only with events that carry it. */
export function enter(tables: Tables, event: FoldedOf<StateEvent>, changes: RowChanges = {}): void {
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
export const stateIn = (tables: Tables, id: string): SqlValue | undefined =>
  tables.value('session_states', 'state', id, ofFacts);

export const learn = (tables: Tables, event: { stream_id: string }, facts: TableRow): void =>
  tables.update('session_facts', sessionId(event), facts);
