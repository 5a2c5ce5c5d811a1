import { rmSync, statSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { placeFile } from '../../lib/files/atomic-file.ts';
import { count, noted, text } from '../../lib/shapes.ts';
import { openSqlite } from '../store/connection.ts';
import { hashAt } from '../store/log-queries.ts';
import { EventStore } from '../store/store.ts';
import { verifyWholeLog } from '../verification/whole.ts';
import { copyInUse } from './copy-in-use.ts';

export const Backup = Type.Object({
  file: text,
  bytes: count,
  events: count,
  head: noted(text, 'The hash of the last event in it.'),
});
export type Backup = Static<typeof Backup>;

/** What is shown while a backup is made: bytes that were copied, then events that were verified. */
export interface BackupProgress {
  onCopy?: (done: number, all: number) => void;
  onVerification?: (position: number) => void;
}

/** SQLite's largest number of pages for one step. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies the ledger into one file, without blocking writers, and verifies the copy before moving it into place: all of
 * its hash chain, and that its last event is one of the ledger. To restore, replace the ledger with it.
 * @throws FILE_EXISTS; BACKUP_FAILED when the copy differs from the ledger.
 */
export function backup(
  store: EventStore,
  file: string,
  { force, onCopy, onVerification }: BackupProgress & { force: boolean },
): Promise<Backup> {
  const existing = force ? 'replace' : 'refuse';
  return placeFile(file, { existing }, async (draft) => {
    try {
      // A ledger that may only be read may be open as a copy of it, whose file has no name.
      if (store.isReadOnly) await store.connection.backup(draft, { progress: () => ALL_PAGES });
      else await copyInUse(store.file, draft, onCopy);
      const { events, head } = proven(draft, store, onVerification);
      return { file, bytes: statSync(draft).size, events, head };
    } finally {
      for (const suffix of ['-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
    }
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
    const copy = new EventStore(draft, connection);
    const { events, last_position, head, fault } = verifyWholeLog(copy, onVerification);
    if (fault) throw failed(`at position ${fault.position}: ${fault.reason}`);
    const original = last_position === 0 ? undefined : hashAt(store, last_position);
    if (original && original.toString('hex') !== head)
      throw failed(`position ${last_position} is another event`);
    return { events, head };
  } finally {
    connection.close();
  }
}

const failed = (what: string) =>
  new AgentPoolError('BACKUP_FAILED', `The copy is not sound (${what}); it was thrown away.`, {
    example: 'agentpool ledger verify',
  });
