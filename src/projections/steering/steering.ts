import type { Projection, Tables } from '../projection.ts';

/** What a machine that was asked has decided. */
interface Decided {
  request_id: string;
  from_machine_id: string;
  from_machine: string;
  position: number;
  ask: string;
  session_id: string | null;
}

/** The first decision counts, whatever the log of another machine claims later. */
function decide(
  tables: Tables,
  event: { event_id: string; data: Decided },
  answer: { code: string | null; message: string | null; accepts: string | null },
): void {
  const { request_id, from_machine_id, from_machine, position, ask, session_id } = event.data;
  tables.run(
    `INSERT OR IGNORE INTO {steering_decisions}
       (request_id, event_id, from_machine_id, from_machine, asked_position, ask, session_id, code, message, accepts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[request_id, event.event_id, from_machine_id, from_machine, position, ask, session_id],
    ...[answer.code, answer.message, answer.accepts],
  );
}

/**
 * What machines ask of one another: `steering_requests` has what the machine of this log asks of others,
 * `steering_decisions` what it has decided about what others ask, and what came of it.
 */
export const steering: Projection = {
  name: 'steering',
  version: 1,
  tables: ['steering_requests', 'steering_decisions'],
  schema: `
    CREATE TABLE {steering_requests} (
      request_id TEXT PRIMARY KEY,
      position INTEGER NOT NULL,
      machine_id TEXT NOT NULL,
      requested_at TEXT NOT NULL,
      valid_for_ms INTEGER NOT NULL,
      coordinator TEXT NOT NULL,
      actor TEXT NOT NULL,
      ask TEXT NOT NULL,
      withdrawn INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX {steering_requests}_by_machine ON {steering_requests} (machine_id, position);
    CREATE TABLE {steering_decisions} (
      request_id TEXT PRIMARY KEY,
      event_id TEXT NOT NULL,
      from_machine_id TEXT NOT NULL,
      from_machine TEXT NOT NULL,
      asked_position INTEGER NOT NULL,
      ask TEXT NOT NULL,
      session_id TEXT,
      code TEXT,
      message TEXT,
      accepts TEXT,
      done INTEGER NOT NULL DEFAULT 0,
      result TEXT,
      error TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX {steering_decisions}_by_machine ON {steering_decisions} (from_machine_id, asked_position);
    CREATE INDEX {steering_decisions}_open ON {steering_decisions} (done) WHERE done = 0 AND code IS NULL;
  `,
  apply: {
    'steering.requested': (tables, { position, occurred_at, data }) =>
      tables.run(
        `INSERT OR IGNORE INTO {steering_requests}
           (request_id, position, machine_id, requested_at, valid_for_ms, coordinator, actor, ask)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[data.request_id, position, data.machine_id, occurred_at, data.valid_for_ms],
        ...[data.asked_by.coordinator, data.asked_by.actor, JSON.stringify(data.ask)],
      ),
    'steering.withdrawn': (tables, { data }) =>
      tables.update('steering_requests', data.request_id, { withdrawn: 1 }, 'request_id'),
    'steering.accepted': (tables, event) =>
      decide(tables, event, { code: null, message: null, accepts: null }),
    'steering.refused': (tables, event) => {
      const { code, message, accepts } = event.data;
      decide(tables, event, { code, message, accepts: JSON.stringify(accepts) });
    },
    'steering.carried_out': (tables, { data }) =>
      tables.run(
        'UPDATE {steering_decisions} SET done = 1, result = ?, error = ? WHERE request_id = ? AND done = 0',
        data.result && JSON.stringify(data.result),
        data.error && JSON.stringify(data.error),
        data.request_id,
      ),
  },
};
