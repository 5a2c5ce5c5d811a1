/**
 * Written into `PRAGMA user_version`; a ledger with a higher number was made by a newer AgentPool, one with a lower
 * number is migrated (migrate.ts).
 */
export const LEDGER_FORMAT = 2;

/** Written into `PRAGMA application_id`: 'AgPl'. Any other program's database is left alone. */
export const LEDGER_APPLICATION = 0x4167506c;

export const eventsTable = (name: string) => `
CREATE TABLE ${name} (
  position       INTEGER PRIMARY KEY,
  event_id       TEXT NOT NULL,
  stream_id      TEXT NOT NULL,
  stream_version INTEGER NOT NULL,
  type           TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  occurred_at    TEXT NOT NULL,
  recorded_at    TEXT NOT NULL,
  command_id     TEXT,
  causation_id   TEXT,
  correlation_id TEXT,
  actor          TEXT NOT NULL,
  payload        TEXT NOT NULL,
  metadata       TEXT NOT NULL,
  hash           BLOB NOT NULL,
  /**
   * 1 if its append has applied it to every live read model; else NULL, also for the programs that know none of them.
   * No part of the event: neither hashed nor exported.
   */
  projected      INTEGER
) STRICT;
`;

/** An id that does not contain the position of its event: see event-id.ts. */
const isForeign = (id: string) => `substr(${id}, 15, 1) <> '8'`;

/**
 * The indexes and triggers of `events`. The triggers apply to every connection, including those of other programs:
 * - INSERT OR REPLACE would bypass the UPDATE and DELETE triggers, so an insert that hits an existing row is refused
 *   first;
 * - positions and stream versions have no gaps, whichever program computes them;
 * - an id contains the position of its event, or is one of those that do not and occurs once among them.
 * There is no index of types: every append would write it, and what reads one type of event reads a stream or all.
 */
export const EVENT_GUARDS = `
CREATE UNIQUE INDEX events_by_stream ON events (stream_id, stream_version);
CREATE UNIQUE INDEX events_with_foreign_ids ON events (event_id) WHERE ${isForeign('event_id')};

CREATE TRIGGER events_are_final_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'agentpool: the log is append-only'); END;

CREATE TRIGGER events_are_final_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'agentpool: the log is append-only'); END;

CREATE TRIGGER events_are_in_sequence BEFORE INSERT ON events
BEGIN
  SELECT RAISE(ABORT, 'agentpool: positions and stream versions have no gaps')
  WHERE NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
    OR NEW.stream_version <> (SELECT coalesce(max(stream_version), 0) + 1 FROM events WHERE stream_id = NEW.stream_id);
  SELECT RAISE(ABORT, 'agentpool: the id of an event is its own')
  WHERE CASE WHEN ${isForeign('NEW.event_id')}
    THEN EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id AND ${isForeign('event_id')})
    ELSE substr(NEW.event_id, 25) <> printf('%012x', NEW.position) END;
END;
`;

export const checkpointsTable = (name: string) => `
CREATE TABLE ${name} (
  name       TEXT NOT NULL,
  generation INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  /** The last event that was applied; NULL for the last of the log that is \`projected\`. */
  position   INTEGER,
  active     INTEGER NOT NULL,
  PRIMARY KEY (name, generation)
) STRICT, WITHOUT ROWID;
`;

/** The log never changes its schema; the tables of projections come and go with their code. */
export const LEDGER_SCHEMA = `
${eventsTable('events')}
${EVENT_GUARDS}
CREATE TABLE command_receipts (
  command_id     TEXT PRIMARY KEY,
  stream_id      TEXT NOT NULL,
  fingerprint    TEXT NOT NULL,
  first_position INTEGER NOT NULL,
  last_position  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
${checkpointsTable('projection_checkpoints')}
CREATE TRIGGER receipts_are_final_update BEFORE UPDATE ON command_receipts
BEGIN SELECT RAISE(ABORT, 'agentpool: receipts are final'); END;

CREATE TRIGGER receipts_are_final_delete BEFORE DELETE ON command_receipts
BEGIN SELECT RAISE(ABORT, 'agentpool: receipts are final'); END;

CREATE TRIGGER receipts_are_final_replace BEFORE INSERT ON command_receipts
WHEN EXISTS (SELECT 1 FROM command_receipts WHERE command_id = NEW.command_id)
BEGIN SELECT RAISE(ABORT, 'agentpool: receipts are final'); END;

PRAGMA application_id = ${LEDGER_APPLICATION};
PRAGMA user_version = ${LEDGER_FORMAT};
`;
