import { rmSync, statSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { placeFile } from '../../lib/files/atomic-file.ts';
import { count, noted, text } from '../../lib/shapes.ts';
import { openSqlite } from '../store/connection.ts';
import { EventStore } from '../store/store.ts';
import { verifyLog } from '../store/verify.ts';

export const Backup = Type.Object({
  file: text,
  bytes: count,
  events: count,
  head: noted(text, 'The hash of the last event in it.'),
});
export type Backup = Static<typeof Backup>;

/** SQLite's largest number of pages for one step. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies the ledger into one file with SQLite's online backup, without blocking writers, and verifies the copy's hash
 * chain before moving it into place. To restore, replace the ledger with it.
 * @throws FILE_EXISTS; BACKUP_FAILED when the copy differs from the ledger.
 */
export function backup(
  store: EventStore,
  file: string,
  options: { force: boolean; onVerification?: (position: number) => void },
): Promise<Backup> {
  const existing = options.force ? 'replace' : 'refuse';
  return placeFile(file, { existing }, async (draft) => {
    // In one step: a backup in several steps restarts whenever another process writes in between.
    await store.connection.backup(draft, { progress: () => ALL_PAGES });
    const { events, head } = proven(draft, store, options.onVerification);
    return { file, bytes: statSync(draft).size, events, head };
  });
}

function proven(
  draft: string,
  store: EventStore,
  onVerification?: (position: number) => void,
): { events: number; head: string } {
  const connection = openSqlite(draft);
  try {
    // Makes it a single file: the copied header would ask for a write-ahead log beside it.
    connection.pragma('journal_mode = DELETE');
    const { events, last_position, head, fault } = verifyLog(
      new EventStore(draft, connection).read(),
      onVerification,
    );
    const original = last_position === 0 ? undefined : store.readAll({ from: last_position, limit: 1 })[0];
    if (fault) throw failed(`at position ${fault.position}: ${fault.reason}`);
    if (original && original.hash !== head) throw failed(`position ${last_position} is another event`);
    return { events, head };
  } finally {
    connection.close();
    for (const suffix of ['-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  }
}

const failed = (what: string) =>
  new AgentPoolError('BACKUP_FAILED', `The copy is not sound (${what}); it was thrown away.`, {
    example: 'agentpool ledger verify',
  });
