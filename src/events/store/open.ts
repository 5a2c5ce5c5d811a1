import { accessSync, chmodSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ErrorCode } from '../../lib/error-codes/index.ts';
import { AgentPoolError, errorMessage, isBusy } from '../../lib/errors.ts';
import { belongsTo } from '../../lib/files/owner.ts';
import { makeFolders } from '../../lib/files/private-files.ts';
import { shell } from '../../lib/text/shell.ts';
import { type Connection, openSqlite } from './connection.ts';
import { LOCK_TIMEOUT_MS, waitingForLock } from './lock-wait.ts';
import { isLogUsable } from './log-header.ts';
import { migrate, type OnMigration } from './migrate.ts';
import { isNotWritable, openReadOnly } from './read-only.ts';
import { spendReserve } from './reserve.ts';
import { LEDGER_APPLICATION, LEDGER_FORMAT, LEDGER_SCHEMA } from './schema.ts';

export interface Opened {
  connection: Connection;
  /**
   * Null for a ledger that this process may write; else why it may not. `isCopy`: the connection is to a copy of the
   * moment, whose tables may be brought up to date.
   */
  readOnly: { reason: string; isCopy: boolean } | null;
}

export interface OpenStoreOptions {
  /** Reads a copy of the moment. */
  copy?: boolean;
  /** Called while a ledger of an earlier format is brought to the current one. */
  onMigration?: OnMigration | undefined;
}

/**
 * Opens the ledger's file, creates it if it is missing, and refuses files that this code must not write to.
 * Folder 0700, file 0600. WAL at synchronous=NORMAL: a killed process loses nothing; a power cut may lose the
 * last commits (never the order, never half a transaction), for four times the appends a second of FULL.
 * A ledger that may only be read is opened for reading; with `copy` as a copy of it.
 */
export function openLedgerFile(file: string, { copy = false, onMigration }: OpenStoreOptions = {}): Opened {
  return explained(file, () => {
    let refusal: unknown = null;
    try {
      if (!copy) return { connection: openWritable(file, onMigration), readOnly: null };
    } catch (error) {
      if (!isNotWritable(error)) throw error;
      refusal = error;
    }
    const reason = whyNot(file, refusal);
    const opened = forReading(file, reason, { copy, onMigration });
    if (opened) return opened;
    throw refusal ?? notWritable(file, reason);
  });
}

/** The same for a caller that has to write. Throws LEDGER_NOT_WRITABLE. */
export function openConnection(file: string): Connection {
  return explained(file, () => openWritable(file));
}

function openWritable(file: string, onMigration?: OnMigration): Connection {
  makeFolders(dirname(file));
  // SQLite would create the file with the caller's umask.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  if (!isLogUsable(file)) throw damagedLog(file);
  // SQLite would open it all the same, and refuse only the first append.
  accessSync(file, constants.W_OK);
  try {
    return connected(file, onMigration);
  } catch (error) {
    // The first process that opens it creates SQLite's files beside it: a full disk must not prevent a question.
    if (!isFull(error) || !spendReserve(file)) throw error;
    return connected(file, onMigration);
  }
}

function connected(file: string, onMigration?: OnMigration): Connection {
  const connection = openSqlite(file, { timeout: 0 });
  try {
    prepare(connection, file, onMigration);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Why this process may not write the file, in words. */
function whyNot(file: string, refusal: unknown): string {
  try {
    accessSync(dirname(file), constants.W_OK);
    accessSync(file, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') return 'it is on a read-only disk';
    if (code === 'EACCES' || code === 'EPERM') return 'you may only read it';
  }
  return refusal === null ? 'you may only read it' : errorMessage(refusal);
}

/** Null if it cannot be read either. One that does not exist yet, or is empty, is read as a ledger without events. */
function forReading(
  file: string,
  reason: string,
  { copy = false, onMigration }: OpenStoreOptions,
): Opened | null {
  const isThere = statSync(file, { throwIfNoEntry: false }) !== undefined;
  const opened = isThere ? openReadOnly(file, copy) : null;
  if (isThere && !opened) return null;
  try {
    const format = opened ? formatOf(opened.connection, file) : 0;
    if (opened && format > 0) {
      const { connection, isCopy } = opened;
      if (format === LEDGER_FORMAT || isCopy) {
        if (format < LEDGER_FORMAT) migrate(connection, file, onMigration);
        return { connection, readOnly: { reason, isCopy } };
      }
      connection.close();
      return forReading(file, reason, { copy: true, onMigration });
    }
  } catch (error) {
    opened?.connection.close();
    throw error;
  }
  opened?.connection.close();
  const empty = openSqlite(':memory:').exec(LEDGER_SCHEMA);
  return { connection: empty, readOnly: { reason, isCopy: true } };
}
/** Whether SQLite found no space: for the database, or for the file that its processes share. */
const isFull = (error: unknown): boolean =>
  ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'].includes(String((error as { code?: unknown } | null)?.code));

function prepare(connection: Connection, file: string, onMigration?: OnMigration): void {
  // Comes first: even switching to WAL mode would change another program's database.
  const format = waitingForLock(() => connection.transaction(() => formatOf(connection, file))());
  // SQLite's own timeout does not apply to this switch: it fails at once while another process creates the ledger.
  waitingForLock(() => connection.pragma('journal_mode = WAL'));
  connection.pragma(`busy_timeout = ${LOCK_TIMEOUT_MS}`);
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('recursive_triggers = ON');
  // A checkpoint every 4 MB costs some appends 5 ms of fsync; every 16 MB, p99 stays under 1 ms.
  connection.pragma('wal_autocheckpoint = 4000');
  connection.pragma('journal_size_limit = 67108864');
  if (format === 0) create(connection, file);
  else if (format < LEDGER_FORMAT) migrate(connection, file, onMigration);
}

/** The format of a ledger; 0 for a new file. Refuses anything else, and ledgers of a newer AgentPool. */
function formatOf(connection: Connection, file: string): number {
  const [application = 0, format = 0] = ['application_id', 'user_version'].map((name) =>
    Number(connection.pragma(name, { simple: true })),
  );
  if (application === LEDGER_APPLICATION) {
    if (format >= 1 && format <= LEDGER_FORMAT) return format;
    throw newer(file, `format ${format}, this AgentPool knows ${LEDGER_FORMAT}`);
  }
  const anything = connection.prepare('SELECT name FROM sqlite_schema LIMIT 1').get();
  if (application !== 0 || format !== 0 || anything) {
    throw corrupt(file, 'it is a SQLite database, but not a ledger');
  }
  return 0;
}

function create(connection: Connection, file: string): void {
  connection
    .transaction(() => {
      // Another process may have created it while this one waited for the lock.
      if (formatOf(connection, file) === 0) connection.exec(LEDGER_SCHEMA);
    })
    .immediate();
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) chmodSync(file + suffix, 0o600);
  }
}

export function newer(file: string, what: string): AgentPoolError {
  return new AgentPoolError(
    'LEDGER_NEWER',
    `${file} was written by a newer AgentPool (${what}); nothing was changed.`,
    {
      file,
      example: 'npm install --global agentpool@latest',
    },
  );
}

function damagedLog(file: string): AgentPoolError {
  const log = `${file}-wal`;
  return new AgentPoolError(
    'LEDGER_CORRUPT',
    `${log} is damaged, and the newest events may be in it alone. Nothing was written. Once it is moved away, the ledger opens without those events.`,
    { file, example: shell`mv ${log} ${log}.damaged` },
  );
}

export function corrupt(file: string, what: string, options: ErrorOptions = {}): AgentPoolError {
  return new AgentPoolError(
    'LEDGER_CORRUPT',
    `${file} cannot be used as a ledger: ${what}. Nothing was written to it. Keep it, and put a backup in its place; or export what can be read of it, move it away and import that.`,
    { file, example: 'agentpool ledger export --readable history.ndjson' },
    options,
  );
}

export const notWritable = (file: string, what: string, options: ErrorOptions = {}): AgentPoolError =>
  storage('LEDGER_NOT_WRITABLE', file, what, 'agentpool doctor', options);

/** Runs `work` and turns errors of SQLite and the file system into errors that a person can act on. */
export function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explain(file, error);
  }
}

export function explain(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AgentPoolError) return error;
  const wrapped = { cause: error };
  if (isBusy(error))
    return new AgentPoolError(
      'LEDGER_BUSY',
      `${file} stayed locked by another process for ${LOCK_TIMEOUT_MS / 1000} s`,
      { file },
      wrapped,
    );
  const code = (error as { code?: unknown }).code;
  switch (typeof code === 'string' ? code : '') {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT_VTAB':
      return corrupt(file, error.message, wrapped);
    case 'SQLITE_FULL':
    case 'SQLITE_IOERR_SHMSIZE':
    case 'ENOSPC':
      return storage(
        'LEDGER_DISK_FULL',
        file,
        'the disk is full; nothing was half written',
        'df -h',
        wrapped,
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'EACCES':
    case 'EPERM':
      return notWritable(file, error.message + belongsTo(file), wrapped);
    default:
      return isInputOutput(error, code) ? notWritable(file, error.message, wrapped) : error;
  }
}

/** An I/O error of the disk, reported by SQLite or by Node. */
const isInputOutput = (error: Error, code: unknown) =>
  typeof code === 'string' &&
  (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_READONLY') || 'syscall' in error);

function storage(
  code: ErrorCode,
  file: string,
  what: string,
  example: string,
  options: ErrorOptions,
): AgentPoolError {
  return new AgentPoolError(
    code,
    `The ledger ${file} cannot be written: ${what}.`,
    { file, example },
    options,
  );
}
