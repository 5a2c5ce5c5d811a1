import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { isBusy } from '../../lib/errors.ts';

const POLL_MS = 25;

export interface Shared {
  /** A small SQLite file: its write lock says that somebody asks, its one row is what was answered. */
  file: string;
  /** Whatever the answer depends on; another key is another question. */
  key: string;
  /** An answer that was given so long before we asked serves us too. */
  fresh_ms: number;
  /** Whoever has asked for so long is not waited for any more. */
  max_wait_ms: number;
}

/**
 * Asks once for all processes that want to know at the same time: one asks, the others wait for its answer. The lock is
 * the operating system's, so whoever dies while asking leaves nothing behind, and the next one asks.
 */
export async function askOnce<T>(shared: Shared, ask: () => Promise<T>): Promise<T> {
  const asked = Date.now();
  const connection = open(shared.file);
  // A folder that can not be written to costs a second question, and nothing else.
  if (!connection) return ask();
  try {
    if (!(await begin(connection, asked + shared.max_wait_ms))) return await ask();
    const answered = answerSince(connection, shared.key, asked - shared.fresh_ms);
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

/** Takes the write lock; false when nobody gave it up in time, or the file is no database. */
async function begin(connection: Connection, until: number): Promise<boolean> {
  for (;;) {
    try {
      connection.exec('BEGIN IMMEDIATE');
      // Others who try to begin hold a read lock for a moment, and a commit has to wait for that.
      connection.pragma('busy_timeout = 5000');
      connection.exec(
        'CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, at INTEGER NOT NULL, answer TEXT NOT NULL)',
      );
      return true;
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) return false;
      await sleep(POLL_MS);
    }
  }
}

/** The answer to this question that was given since; not one of a clock that stood later. */
function answerSince(connection: Connection, key: string, since: number): string | undefined {
  const row = connection
    .prepare('SELECT answer FROM answers WHERE key = ? AND at BETWEEN ? AND ?')
    .get(key, since, Date.now()) as { answer: string } | undefined;
  return row?.answer;
}
