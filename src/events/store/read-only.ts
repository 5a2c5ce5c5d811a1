import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { type Connection, openSqlite } from './connection.ts';

/** What SQLite and the file system report if a file may be read but not written, or its folder takes no new file. */
const NOT_WRITABLE = /^(?:SQLITE_(?:READONLY|CANTOPEN|PERM)(?:_.*)?|EACCES|EPERM|EROFS)$/;

export const isNotWritable = (error: unknown): boolean =>
  NOT_WRITABLE.test(String((error as { code?: unknown } | null)?.code));

/**
 * Opens a ledger that this process may only read. SQLite itself can, and then sees what others append, where the files
 * of the write-ahead log exist: they do while any process has the ledger open. Else, and with `copy`, a copy is read.
 * Null if neither is possible.
 */
export function openReadOnly(
  file: string,
  copy: boolean,
): { connection: Connection; isCopy: boolean } | null {
  const connection = copy ? null : inPlace(file);
  if (connection) return { connection, isCopy: false };
  const copied = openCopy(file);
  return copied && { connection: copied, isCopy: true };
}

function inPlace(file: string): Connection | null {
  let connection: Connection | null = null;
  try {
    connection = openSqlite(file, { readonly: true, timeout: 5000 });
    connection.prepare('SELECT name FROM sqlite_schema LIMIT 1').get();
    return connection;
  } catch (error) {
    connection?.close();
    if (isNotWritable(error)) return null;
    throw error;
  }
}

/**
 * A copy, with what its write-ahead log adds, that disappears with the process: its name is removed once it is open, so
 * that a killed process leaves nothing. In memory if the temporary folder takes no file. Null if it cannot be read.
 */
function openCopy(file: string): Connection | null {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), 'agentpool-'));
  } catch {
    return inMemory(file);
  }
  try {
    const copy = join(folder, 'ledger.sqlite');
    copyUnchanged(file, copy);
    const connection = openSqlite(copy, { timeout: 0 });
    // Takes in the write-ahead log; from then on nothing is written beside the copy, whose folder is about to go.
    connection.pragma('journal_mode = DELETE');
    connection.pragma('journal_mode = MEMORY');
    connection.pragma('temp_store = MEMORY');
    return connection;
  } catch (error) {
    if (isNotWritable(error)) return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its largest size in one buffer. */
const MOST_IN_MEMORY = 2 ** 30;

function inMemory(file: string): Connection | null {
  if ((sizeOf(`${file}-wal`) ?? 0) > 0 || (sizeOf(file) ?? Number.POSITIVE_INFINITY) > MOST_IN_MEMORY)
    return null;
  const content = readFileSync(file);
  // The header says that a write-ahead log belongs to it, which a database in memory cannot have.
  if (content.length > 20) content.fill(1, 18, 20);
  return openSqlite(content);
}

/** How often a copy is made while another process writes. */
const ATTEMPTS = 5;

/** Copies both files as they are at one moment: again if either has changed meanwhile. */
export function copyUnchanged(file: string, copy: string): void {
  for (let left = ATTEMPTS; left > 0; left--) {
    const before = stampOf(file);
    for (const suffix of ['', '-wal']) {
      rmSync(copy + suffix, { force: true });
      if (sizeOf(file + suffix) === null) continue;
      copyFileSync(file + suffix, copy + suffix);
      // A copy has the mode of the original.
      chmodSync(copy + suffix, 0o600);
    }
    if (stampOf(file) === before) return;
  }
  throw new AgentPoolError('LEDGER_BUSY', `${file} changed each time that it was copied to be read.`, {
    file,
  });
}

const stampOf = (file: string): string =>
  [file, `${file}-wal`]
    .map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : 'none'))
    .join();

const sizeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.size ?? null;
