import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ErrorCode } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { type Connection, openSqlite } from './connection.ts';
import { LOCK_TIMEOUT_MS } from './lock-wait.ts';
import { LEDGER_APPLICATION, LEDGER_FORMAT, LEDGER_SCHEMA } from './schema.ts';

/**
 * Opens the ledger's file, creates it if it is missing, and refuses files that this code must not write to.
 * Folder 0700, file 0600. WAL at synchronous=NORMAL: a killed process loses nothing; a power cut may lose the
 * last commits (never the order, never half a transaction), for four times the appends a second of FULL.
 */
export function openConnection(file: string): Connection {
  return explained(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite would create the file with the caller's umask.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const connection = openSqlite(file, { timeout: LOCK_TIMEOUT_MS });
    try {
      prepare(connection, file);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

function prepare(connection: Connection, file: string): void {
  connection.pragma(`busy_timeout = ${LOCK_TIMEOUT_MS}`);
  // Comes first: even switching to WAL mode would change another program's database.
  const fresh = connection.transaction(() => isFresh(connection, file))();
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('recursive_triggers = ON');
  // A checkpoint every 4 MB costs some appends 5 ms of fsync; every 16 MB, p99 stays under 1 ms.
  connection.pragma('wal_autocheckpoint = 4000');
  connection.pragma('journal_size_limit = 67108864');
  if (fresh) create(connection, file);
}

/** True for a new file, false for a ledger. Refuses anything else, and ledgers of a newer AgentPool. */
function isFresh(connection: Connection, file: string): boolean {
  const [application, format] = ['application_id', 'user_version'].map((name) =>
    Number(connection.pragma(name, { simple: true })),
  );
  if (application === LEDGER_APPLICATION) {
    if (format === LEDGER_FORMAT) return false;
    throw newer(file, `format ${format}, this AgentPool knows ${LEDGER_FORMAT}`);
  }
  const anything = connection.prepare('SELECT name FROM sqlite_schema LIMIT 1').get();
  if (application !== 0 || format !== 0 || anything) {
    throw corrupt(file, 'it is a SQLite database, but not a ledger');
  }
  return true;
}

function create(connection: Connection, file: string): void {
  connection
    .transaction(() => {
      // Another process may have created it while this one waited for the lock.
      if (isFresh(connection, file)) connection.exec(LEDGER_SCHEMA);
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

export function corrupt(file: string, what: string, options: ErrorOptions = {}): AgentPoolError {
  return new AgentPoolError(
    'LEDGER_CORRUPT',
    `${file} cannot be used as a ledger: ${what}. Nothing was written to it.`,
    { file, example: 'agentpool ledger verify' },
    options,
  );
}

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
  const code = (error as { code?: unknown }).code;
  switch (typeof code === 'string' ? code : '') {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT_VTAB':
      return corrupt(file, error.message, wrapped);
    case 'SQLITE_FULL':
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
      return storage('LEDGER_NOT_WRITABLE', file, error.message, 'agentpool doctor', wrapped);
    case 'SQLITE_BUSY':
    case 'SQLITE_BUSY_SNAPSHOT':
      return new AgentPoolError(
        'LEDGER_BUSY',
        `${file} stayed locked by another process for ${LOCK_TIMEOUT_MS / 1000} s`,
        { file },
        wrapped,
      );
    default:
      return isInputOutput(error, code)
        ? storage('LEDGER_NOT_WRITABLE', file, error.message, 'agentpool doctor', wrapped)
        : error;
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
