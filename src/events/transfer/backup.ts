import { rmSync, statSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { placeFile } from '../../lib/files/atomic-file.ts';
import { count, noted, text } from '../../lib/shapes.ts';
import { openSqlite } from '../store/connection.ts';
import { hashAt } from '../store/log-queries.ts';
import { EventStore } from '../store/store.ts';
import type { LogVerification } from '../store/verify.ts';
import type { VerifiedEnd } from '../verification/memory.ts';
import { scan } from '../verification/scan.ts';
import { Trusted, trustedPart } from '../verification/trusted.ts';
import { verifyWholeLog } from '../verification/whole.ts';
import { copyInUse } from './copy-in-use.ts';

export const Backup = Type.Object({
  file: text,
  bytes: count,
  events: count,
  head: noted(text, 'The hash of the last event in it.'),
  verified_events: noted(count, 'The events of the copy whose hash chain was verified now.'),
  trusted: Type.Optional(
    noted(
      Trusted,
      'The events before those, which an earlier verification found sound; absent with --verify.',
    ),
  ),
});
export type Backup = Static<typeof Backup>;

export interface BackupOptions {
  /** Whether an existing file is replaced. */
  force: boolean;
  /** What earlier verifications found sound of this ledger. The hash chain up to there is not verified again. */
  remembered?: readonly (VerifiedEnd | null)[];
  /** What is shown while a backup is made: bytes that were copied, then events that were verified. */
  onCopy?: (done: number, all: number) => void;
  onVerification?: (position: number) => void;
}

/** SQLite's largest number of pages for one step. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies the ledger into one file, without blocking writers, and verifies the copy before moving it into place: that no
 * page of it is missing, its hash chain from the end of what is remembered on (without that, all of it), and that its
 * last event is one of the ledger. To restore, replace the ledger with it.
 * @throws FILE_EXISTS; BACKUP_FAILED when the copy differs from the ledger.
 */
export function backup(store: EventStore, file: string, options: BackupOptions): Promise<Backup> {
  const existing = options.force ? 'replace' : 'refuse';
  return placeFile(file, { existing }, async (draft) => {
    try {
      // A ledger that may only be read may be open as a copy of it, whose file has no name.
      if (store.isReadOnly) await store.connection.backup(draft, { progress: () => ALL_PAGES });
      else await copyInUse(store.file, draft, options.onCopy);
      return { file, ...proven(draft, store, options) };
    } finally {
      for (const suffix of ['-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
    }
  });
}

function proven(draft: string, store: EventStore, options: BackupOptions): Omit<Backup, 'file'> {
  const connection = openSqlite(draft);
  try {
    // Makes it a single file: the copied header would ask for a write-ahead log beside it.
    connection.pragma('journal_mode = DELETE');
    const copy = new EventStore(draft, connection);
    const bytes = statSync(draft).size;
    const missing = pagesOf(copy) - bytes;
    if (missing > 0) throw failed(`${missing} bytes are missing at its end`);
    const { trusted, ...verified } = verifiedAfter(copy, options);
    const { events, last_position, head, fault } = verified;
    if (fault) throw failed(`at position ${fault.position}: ${fault.reason}`);
    const original = last_position === 0 ? undefined : hashAt(store, last_position);
    if (original && original.toString('hex') !== head)
      throw failed(`position ${last_position} is another event`);
    const verified_events = events - (trusted?.up_to ?? 0);
    return { bytes, events, head, verified_events, ...(trusted ? { trusted } : {}) };
  } finally {
    connection.close();
  }
}

/** The bytes of a database by its own count. */
const pagesOf = ({ connection }: EventStore): number =>
  Number(connection.pragma('page_count', { simple: true })) *
  Number(connection.pragma('page_size', { simple: true }));

/** What is wrong is looked for from the beginning, which names it exactly. */
function verifiedAfter(
  copy: EventStore,
  { remembered = [], onVerification }: BackupOptions,
): LogVerification & { trusted?: Trusted } {
  const trusted = trustedPart(copy, remembered);
  const last = copy.lastPosition();
  // The event there is verified too: no hash after it may be of an older version than its own.
  if (!trusted || !scan(copy.connection, { after: trusted.up_to - 1, upTo: last }, onVerification).holds)
    return verifyWholeLog(copy, onVerification);
  const head = hashAt(copy, last)?.toString('hex') ?? '';
  return { events: last, last_position: last, head, fault: null, trusted };
}

const failed = (what: string) =>
  new AgentPoolError('BACKUP_FAILED', `The copy is not sound (${what}); it was thrown away.`, {
    example: 'agentpool ledger verify',
  });
