import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { AgentPoolError, isBusy } from '../../lib/errors.ts';
import { makeFolders, storageError } from '../../lib/files/private-files.ts';
import { shell } from '../../lib/text/shell.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { AppContext } from './context.ts';
import { typingLock } from './launch-folder.ts';

const POLL_MS = 20;
/** Longer than any number of callers that one worker can have needs to type, in milliseconds. */
const MOST_WAIT_MS = 120_000;

/**
 * Types into a worker alone: waits until no other process or call does, then runs `type`. Two texts that are typed at
 * the same moment would arrive as one. The lock is the write lock of a small SQLite file, so the operating system takes
 * it from a process that dies.
 * @throws WORKER_BUSY if others type for two minutes.
 */
export async function alone<T>(app: AppContext, id: string, type: () => Promise<T>): Promise<T> {
  const connection = open(typingLock(app, id));
  try {
    await take(connection, app, id);
    return await type();
  } finally {
    connection.close();
  }
}

/** The same if no one else types into it at the moment; does nothing and returns null otherwise. */
export async function aloneIfFree<T>(app: AppContext, id: string, type: () => Promise<T>): Promise<T | null> {
  const lock = typingLock(app, id);
  const connection = open(lock);
  try {
    return isTaken(connection, lock) ? null : await type();
  } finally {
    connection.close();
  }
}

function open(file: string): Connection {
  try {
    makeFolders(dirname(file));
    closeSync(openSync(file, 'a', 0o600));
    const connection = openSqlite(file, { timeout: 0 });
    // Only its lock is used: a journal on disk would need space there.
    connection.pragma('journal_mode = MEMORY');
    return connection;
  } catch (error) {
    throw storageError(error, file);
  }
}

async function take(connection: Connection, app: AppContext, id: string): Promise<void> {
  const lock = typingLock(app, id);
  for (const deadline = monotonic() + MOST_WAIT_MS; isTaken(connection, lock); await sleep(POLL_MS))
    if (monotonic() > deadline) throw busy(id);
}

/** Whether another process or call has the lock; takes it otherwise. */
function isTaken(connection: Connection, lock: string): boolean {
  try {
    connection.exec('BEGIN IMMEDIATE');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw storageError(error, lock);
  }
}

const busy = (id: string) =>
  new AgentPoolError('WORKER_BUSY', `Others have typed into ${id} for two minutes. Nothing was typed.`, {
    session_id: id,
    example: shell`agentpool observe ${id}`,
  });
