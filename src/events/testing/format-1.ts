import type { StoredEvent } from '../event.ts';
import { openSqlite } from '../store/connection.ts';
import { EVENT_COLUMNS } from '../store/event-rows.ts';
import { rowValues } from '../store/hash.ts';

/** Creates a ledger of format 1, as the releases up to 0.3 did, without read models. */
export function makeFormat1(file: string, events: readonly StoredEvent[]): void {
  const connection = openSqlite(file);
  connection.pragma('journal_mode = WAL');
  connection.exec(FORMAT_1);
  const insert = connection.prepare(
    `INSERT INTO events (${EVENT_COLUMNS.join(', ')}) VALUES (${EVENT_COLUMNS.map(() => '?').join(', ')})`,
  );
  connection
    .transaction(() => {
      for (const { hash, ...row } of events) insert.run(...rowValues(row), Buffer.from(hash, 'hex'));
    })
    .immediate();
  connection.close();
}

const FORMAT_1 = `
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

PRAGMA application_id = 0x4167506c;
PRAGMA user_version = 1;
`;
