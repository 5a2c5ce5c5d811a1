import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { isBusy } from '../../lib/errors.ts';
import { monotonic } from '../../lib/time/monotonic.ts';

const POLL_MS = 25;

export interface Shared {
  /** A small SQLite file. Its write lock is held by the process that asks; its one row holds the answer. */
  file: string;
  /** Everything that the answer depends on; another key is another question. */
  key: string;
  /** An answer that is at most this old, in milliseconds, is used again. */
  fresh_ms: number;
  /** How long to wait for another process that asks, in milliseconds. */
  max_wait_ms: number;
}

/**
 * Asks once for all processes that want to know at the same time: one asks, the others wait for its answer. The lock is
 * the operating system's, so a process that dies while asking leaves nothing behind, and the next one asks.
 */
export async function askOnce<T>(shared: Shared, ask: () => Promise<T>): Promise<T> {
  const askedAt = Date.now();
  const connection = open(shared.file);
  // A folder that cannot be written to only costs a second question.
  if (!connection) return ask();
  try {
    if (!(await takeWriteLock(connection, monotonic() + shared.max_wait_ms))) return await ask();
    const answered = answerSince(connection, shared.key, askedAt - shared.fresh_ms);
    if (answered !== undefined) {
      connection.exec('COMMIT');
      return JSON.parse(answered) as T;
    }
    const answer = await ask();
    connection
      .prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?)')
      .run(shared.key, Date.now(), JSON.stringify(answer));
    connection.exec('COMMIT');
    return answer;
  } finally {
    connection.close();
  }
}

function open(file: string): Connection | null {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    return openSqlite(file, { timeout: 0 });
  } catch {
    return null;
  }
}

/** Takes the write lock; false if no other process released it until then, by the monotonic clock, or the file is no database. */
async function takeWriteLock(connection: Connection, until: number): Promise<boolean> {
  for (;;) {
    try {
      connection.exec('BEGIN IMMEDIATE');
      // Other processes that try to begin hold a read lock for a moment; a commit waits for it.
      connection.pragma('busy_timeout = 5000');
      connection.exec(
        'CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, at INTEGER NOT NULL, answer TEXT NOT NULL)',
      );
      return true;
    } catch (error) {
      if (!isBusy(error) || monotonic() > until) return false;
      await sleep(POLL_MS);
    }
  }
}

/** The answer to this question since that time. An answer from the future is ignored: the clock was set back. */
function answerSince(connection: Connection, key: string, since: number): string | undefined {
  const row = connection
    .prepare('SELECT answer FROM answers WHERE key = ? AND at BETWEEN ? AND ?')
    .get(key, since, Date.now()) as { answer: string } | undefined;
  return row?.answer;
}
