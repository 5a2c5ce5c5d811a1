import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppendTask, appenderOf, eventsOf } from './append-task.ts';

/** A page in the write-ahead log, with its header. */
const FRAME_BYTES = 4096 + 24;

/** Appends before those that are counted, so that the tables have more than one page. */
const BEFORE = 500;

/** How many pages of the database one append of one event changes, on average: what its commit writes. */
export function pagesOfAppends(how: AppendTask['how'], events: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  try {
    const file = join(folder, 'ledger', 'ledger.sqlite');
    const { append, connection, close } = appenderOf({ how, file });
    // The log keeps every page that was written.
    connection.pragma('wal_autocheckpoint = 0');
    const all = eventsOf({ seed: 1, events: BEFORE + events });
    for (const event of all.slice(0, BEFORE)) append(event);
    connection.pragma('wal_checkpoint(TRUNCATE)');
    for (const event of all.slice(BEFORE)) append(event);
    const { size } = statSync(`${file}-wal`);
    close();
    return size / FRAME_BYTES / events;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
