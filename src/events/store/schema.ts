/** Written into `PRAGMA user_version`; a ledger with a higher number was made by a newer AgentPool. */
export const LEDGER_FORMAT = 1;

/** Written into `PRAGMA application_id`: 'AgPl'. Any other program's database is left alone. */
export const LEDGER_APPLICATION = 0x4167506c;

/**
 * The log never changes its schema; the tables of projections come and go with their code. The triggers apply to every
 * connection, including those of other programs:
 * - INSERT OR REPLACE would bypass the UPDATE and DELETE triggers, so an insert that hits an existing row is refused
 *   first;
 * - positions and stream versions have no gaps, whichever program computes them.
 */
export const LEDGER_SCHEMA = `
CREATE TABLE events (
  position       INTEGER PRIMARY KEY,
  event_id       TEXT NOT NULL UNIQUE,
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
  UNIQUE (stream_id, stream_version)
) STRICT;
CREATE INDEX events_by_type ON events (type, position);

CREATE TABLE command_receipts (
  command_id     TEXT PRIMARY KEY,
  stream_id      TEXT NOT NULL,
  fingerprint    TEXT NOT NULL,
  first_position INTEGER NOT NULL,
  last_position  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE projection_checkpoints (
  name       TEXT NOT NULL,
  generation INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  active     INTEGER NOT NULL,
  PRIMARY KEY (name, generation)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_final_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'agentpool: the log is append-only'); END;

CREATE TRIGGER events_are_final_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'agentpool: the log is append-only'); END;

CREATE TRIGGER events_are_final_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'agentpool: the log is append-only'); END;

-- Also prevents an insert from replacing an existing position or stream version.
CREATE TRIGGER events_have_no_gaps BEFORE INSERT ON events
WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
  OR NEW.stream_version <> (SELECT coalesce(max(stream_version), 0) + 1 FROM events WHERE stream_id = NEW.stream_id)
BEGIN SELECT RAISE(ABORT, 'agentpool: positions and stream versions have no gaps'); END;

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
