import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { isNotWritable } from '../../events/store/read-only.ts';
import { errorMessage } from '../../lib/errors.ts';
import { makeFolders } from '../../lib/files/private-files.ts';

/** Raise it when a log is read differently or prices change: the index is then built again. */
const VERSION = 6;

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
    file TEXT NOT NULL, member TEXT, sighting TEXT NOT NULL,
    PRIMARY KEY (provider_id, family, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sightings_of_member ON sightings (provider_id, member, family) WHERE member IS NOT NULL;
  /* Where the folder of a project belongs that is a worktree, from when it was there. */
  CREATE TABLE worktrees (folder TEXT PRIMARY KEY, project TEXT NOT NULL) STRICT, WITHOUT ROWID;
  /* When the file was replaced because it was damaged. */
  CREATE TABLE repairs (at TEXT NOT NULL, damage TEXT NOT NULL) STRICT;
`;

/** What cannot be read again: of logs that are gone, and where worktrees belonged. */
const KEPT = ['uses', 'sightings', 'worktrees', 'repairs'];

/** Whether the file of the index is broken: cut off by a full disk, a crash or a sync. */
export function isDamaged(error: unknown): boolean {
  if (error instanceof UnknownTables) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (/^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(String(code))) return true;
  // A page of zeros is valid, and has nothing on it.
  return code === 'SQLITE_ERROR' && /^no such (?:table|column|index)/.test(String(message));
}

/** Whether this process cannot have a file there. */
const isRefused = (error: unknown): boolean =>
  isNotWritable(error) ||
  /^(?:EISDIR|ENOTDIR|EEXIST|ELOOP|ENOENT|ENOSPC|STORAGE_INVALID|FILE_NOT_FOUND|SQLITE_FULL)$/.test(
    String((error as { code?: unknown }).code),
  );

export function removeIndex(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/**
 * Opens the file of the index, in this version. In memory, for one command, if the home cannot be written. A damaged
 * file is replaced: it is only a cache.
 * @param damage of the file that this one replaces
 */
export function openIndex(file: string, damage: string | null = null): Connection {
  let connection: Connection | null = null;
  try {
    makeFolders(dirname(file));
    closeSync(openSync(file, 'a', 0o600));
    connection = openSqlite(file, { timeout: 5000 });
    // First: the change to a write-ahead log would else wait for the disk.
    connection.pragma('synchronous = OFF');
    connection.pragma('journal_mode = WAL');
    prepare(connection);
    if (damage !== null)
      connection.prepare('INSERT INTO repairs VALUES (?, ?)').run(new Date().toISOString(), damage);
    return connection;
  } catch (error) {
    connection?.close();
    if (damage === null && isMisplaced(file) && clearAway(file)) return openIndex(file, NO_FILE);
    if (isRefused(error)) return copyInMemory(file);
    if (damage !== null || !isDamaged(error)) throw error;
    removeIndex(file);
    return openIndex(file, errorMessage(error));
  }
}

/** What cannot be written here has what the file has, as far as it can be read, for one command. */
function copyInMemory(file: string): Connection {
  try {
    const content = readFileSync(file);
    // Not in a write-ahead log any more: memory has none.
    content.fill(1, 18, 20);
    const copy = openSqlite(content);
    prepare(copy);
    return copy;
  } catch {
    const empty = openSqlite(':memory:');
    prepare(empty);
    return empty;
  }
}

/** The state of the file of an index. */
export interface IndexState {
  /** What is wrong with it, in words; null if nothing is. */
  damage: string | null;
  /** When it last replaced a damaged one: ISO 8601, UTC; null if it never did. */
  repaired_at: string | null;
}

/** Checks the file; null if there is none. Changes nothing. */
export function indexState(file: string): IndexState | null {
  if (!lstatSync(file, { throwIfNoEntry: false })) return null;
  if (isMisplaced(file)) return { damage: NO_FILE, repaired_at: null };
  let connection: Connection | null = null;
  try {
    connection = openSqlite(file, { readonly: true, timeout: 1000 });
    const found = String(connection.pragma('quick_check(1)', { simple: true }));
    if (found !== 'ok') return { damage: found.replace(/\s+/g, ' '), repaired_at: null };
    if (columnsOf(connection, 'repairs').length === 0) return { damage: null, repaired_at: null };
    const last = connection.prepare('SELECT max(at) AS at FROM repairs').get() as { at: string | null };
    return { damage: null, repaired_at: last.at };
  } catch (error) {
    // What keeps it from being read now is no damage: another process holds it, or the rights are not there.
    return { damage: isDamaged(error) ? errorMessage(error) : null, repaired_at: null };
  } finally {
    connection?.close();
  }
}

const NO_FILE = 'something else is in its place';

/** Whether a folder is there, or a link to one or to nowhere. */
function isMisplaced(file: string): boolean {
  try {
    if (!lstatSync(file, { throwIfNoEntry: false })) return false;
    return !statSync(file).isFile();
  } catch {
    return true;
  }
}

/** Removes a link or an empty folder; false for what may be of value to someone. */
function clearAway(file: string): boolean {
  try {
    if (lstatSync(file).isDirectory()) rmdirSync(file);
    else rmSync(file);
    return true;
  } catch {
    return false;
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
  try {
    connection.transaction(upgrade).immediate();
  } catch (error) {
    // A newer version, or another program, may have any tables: nothing of them can be carried over.
    if (!/^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH)/.test(String((error as { code?: unknown }).code)))
      throw error;
    throw new UnknownTables(errorMessage(error));
  }
}

/** Tables of which nothing can be taken over. */
class UnknownTables extends Error {}

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
