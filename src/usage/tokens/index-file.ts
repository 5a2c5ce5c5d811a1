import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { isNotWritable } from '../../events/store/read-only.ts';
import { makeFolders } from '../../lib/files/private-files.ts';

/** Raise it when a log is read differently or prices change: the index is then built again. */
const VERSION = 5;

const SCHEMA = `
  CREATE TABLE files (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, memory TEXT NOT NULL,
    /* What of it could not be read, in words. */
    fault TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE uses (
    provider_id TEXT NOT NULL, key TEXT NOT NULL, rank REAL NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL,
    model TEXT, project TEXT, session TEXT, input INTEGER NOT NULL, cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL, output INTEGER NOT NULL, usd REAL,
    /* Of the sightings that it was settled from; null if one line alone says which answer it is. */
    family TEXT,
    PRIMARY KEY (provider_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uses_by_time ON uses (at);
  CREATE INDEX uses_unpriced ON uses (at, model) WHERE usd IS NULL;
  CREATE INDEX uses_of_session ON uses (provider_id, session, at);
  CREATE INDEX uses_of_family ON uses (provider_id, family) WHERE family IS NOT NULL;
  CREATE TABLE sightings (
    provider_id TEXT NOT NULL, family TEXT NOT NULL, key TEXT NOT NULL, rank REAL NOT NULL, at TEXT NOT NULL,
    file TEXT NOT NULL, sighting TEXT NOT NULL,
    PRIMARY KEY (provider_id, family, key)
  ) STRICT, WITHOUT ROWID;
  /* Where the folder of a project belongs that is a worktree, from when it was there. */
  CREATE TABLE worktrees (folder TEXT PRIMARY KEY, project TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** What cannot be read again: of logs that are gone, and where worktrees belonged. */
const KEPT = ['uses', 'sightings', 'worktrees'];

/** Whether the file of the index is broken: cut off by a full disk, a crash or a sync. */
export const isDamaged = (error: unknown): boolean =>
  /^SQLITE_(?:CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code));

export function removeIndex(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/**
 * Opens the file of the index, in this version. In memory, for one command, if the home cannot be written. A damaged
 * file is replaced: it is only a cache.
 */
export function openIndex(file: string, isAgain = false): Connection {
  let connection: Connection | null = null;
  try {
    makeFolders(dirname(file));
    closeSync(openSync(file, 'a', 0o600));
    connection = openSqlite(file, { timeout: 5000 });
    // First: the change to a write-ahead log would else wait for the disk.
    connection.pragma('synchronous = OFF');
    connection.pragma('journal_mode = WAL');
    prepare(connection);
    return connection;
  } catch (error) {
    connection?.close();
    if (isNotWritable(error)) {
      const inMemory = openSqlite(':memory:');
      prepare(inMemory);
      return inMemory;
    }
    if (isAgain || !isDamaged(error)) throw error;
    removeIndex(file);
    return openIndex(file, true);
  }
}

/** What is wrong with the file, in words; null if nothing is, or if there is none. Changes nothing. */
export function damageOf(file: string): string | null {
  if (!existsSync(file)) return null;
  let connection: Connection | null = null;
  try {
    connection = openSqlite(file, { readonly: true, timeout: 1000 });
    const found = String(connection.pragma('quick_check(1)', { simple: true }));
    return found === 'ok' ? null : found.replace(/\s+/g, ' ');
  } catch (error) {
    return isDamaged(error) ? (error as Error).message : null;
  } finally {
    connection?.close();
  }
}

const versionOf = (connection: Connection): unknown => connection.pragma('user_version', { simple: true });

function prepare(connection: Connection): void {
  if (versionOf(connection) === VERSION) return;
  const upgrade = () => {
    if (versionOf(connection) === VERSION) return;
    const old = KEPT.filter((table) => columnsOf(connection, table).length > 0);
    const indexes = connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
      .all() as { name: string }[];
    for (const { name } of indexes) connection.exec(`DROP INDEX ${name}`);
    for (const table of old) connection.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
    connection.exec('DROP TABLE IF EXISTS files');
    connection.exec(SCHEMA);
    for (const table of old) carryOver(connection, table);
    connection.pragma(`user_version = ${VERSION}`);
  };
  connection.transaction(upgrade).immediate();
}

/** Takes from a table of an older version what cannot be read again, because its log is gone. */
function carryOver(connection: Connection, table: string): void {
  const before = columnsOf(connection, `old_${table}`);
  const columns = columnsOf(connection, table).filter((name) => before.includes(name));
  const files = before.includes('file')
    ? (connection.prepare(`SELECT DISTINCT file FROM old_${table}`).all() as { file: string }[])
    : null;
  const gone = files?.map(({ file }) => file).filter((file) => !existsSync(file));
  const which = gone ? 'WHERE file IN (SELECT value FROM json_each(?))' : '';
  connection
    .prepare(`INSERT OR IGNORE INTO ${table} (${columns}) SELECT ${columns} FROM old_${table} ${which}`)
    .run(...(gone ? [JSON.stringify(gone)] : []));
  connection.exec(`DROP TABLE old_${table}`);
}

const columnsOf = (connection: Connection, table: string): string[] =>
  (connection.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[]).map(
    ({ name }) => name,
  );
