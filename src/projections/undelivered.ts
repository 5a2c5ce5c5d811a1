import type { FoldedOf } from '../events/catalogue/index.ts';
import type { Projection, Tables } from './projection.ts';
import type { Rows } from './reader.ts';
import { sessionId } from './sessions/changes.ts';

type Concerning = Parameters<typeof sessionId>[0];

const remove = (tables: Tables, event: Concerning): void =>
  tables.remove('undelivered', sessionId(event), 'session_id');

const keep = (tables: Tables, event: Concerning, warning: string): void =>
  tables.run(
    'INSERT OR REPLACE INTO {undelivered} (session_id, warning) VALUES (?, ?)',
    sessionId(event),
    warning,
  );

/** What to say of a delivery that was not seen to arrive; null where it was, or where nothing is known against it. */
export function deliveryWarning(
  event:
    | FoldedOf<'worker.prompt_delivered'>
    | FoldedOf<'worker.message_delivered'>
    | FoldedOf<'worker.transitioned'>,
): string | null {
  switch (event.type) {
    case 'worker.prompt_delivered': {
      const { delivery, reason } = event.data;
      return delivery === 'unproven'
        ? `the task may not have arrived: ${reason ?? 'it was not seen to be taken up'}`
        : null;
    }
    case 'worker.message_delivered': {
      const { delivery, reason } = event.data;
      return delivery === 'unproven' && reason ? `the last message may not have arrived: ${reason}` : null;
    }
    case 'worker.transitioned':
      return event.data.rule === TASK_HELD ? (event.data.warnings[0] ?? null) : null;
  }
}

/** The rule of the observation that the task was not typed. */
export const TASK_HELD = 'task_held';

/** The workers whose task, or whose last message, was not seen to arrive, and why. */
export const undelivered: Projection = {
  name: 'undelivered',
  version: 2,
  tables: ['undelivered'],
  worker: 'session_id',
  held: { undelivered: 'session_id' },
  schema: `
    CREATE TABLE {undelivered} (
      session_id TEXT PRIMARY KEY,
      warning TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'worker.prompt_delivered': (tables, event) => {
      const warning = deliveryWarning(event);
      if (warning === null) remove(tables, event);
      else keep(tables, event, warning);
    },
    'worker.resume_requested': remove,
    'worker.message_sent': remove,
    'worker.message_delivered': (tables, event) => {
      const warning = deliveryWarning(event);
      if (warning !== null) keep(tables, event, warning);
    },
    'worker.transitioned': (tables, event) => {
      const warning = deliveryWarning(event);
      if (warning !== null) keep(tables, event, warning);
      else if (event.data.observe_event === 'completed') remove(tables, event);
    },
  },
};

/** The warnings by the id of their worker. */
export const currentUndelivered = (rows: Rows): Map<string, string> =>
  new Map(
    rows
      .all<{ session_id: string; warning: string }>('SELECT session_id, warning FROM undelivered')
      .map(({ session_id, warning }) => [session_id, warning]),
  );
