import { GENESIS } from '../../events/store/hash.ts';
import { hashAt } from '../../events/store/log-queries.ts';
import type { EventStore } from '../../events/store/store.ts';
import { ChainCheck, type LogFault, pageFault } from '../../events/store/verify.ts';
import { scan } from '../../events/verification/scan.ts';
import { sessionOfStream } from '../../machines/worker/state.ts';
import type { Ledger } from '../projector/ledger.ts';
import type { Divergence } from './check-schema.ts';
import { HistoryCheck } from './history-check.ts';
import { type LedgerVerification, MOST } from './verify-ledger.ts';

/**
 * Verifies the events after a position, and takes those before as they are. Checks the file's pages, the hash chain,
 * positions and versions from there on. Of every worker with such an event, all events are run through its machine, and
 * its rows compared; the tables that are of no worker are not. `events` counts the events after the position.
 */
export function verifySince(
  { store }: Ledger,
  after: number,
  onProgress: (done: number, all: number) => void = () => {},
): LedgerVerification {
  return store.reading(() => {
    const last = store.lastPosition();
    const fault = pageFault(store) ?? chainFault(store, after, last);
    const verification = new HistoryCheck();
    try {
      const divergences = fault ? [] : divergencesSince(store, after, verification, onProgress);
      const head = (hashAt(store, last) ?? GENESIS).toString('hex');
      return {
        ok: fault === null && divergences.length === 0,
        ...verification.counts,
        events: last - after,
        last_position: last,
        head,
        fault,
        divergences,
      };
    } finally {
      verification.close();
    }
  });
}

function chainFault(store: EventStore, after: number, last: number): LogFault | null {
  if (scan(store.connection, { after, upTo: last }).holds) return null;
  const versionOf = (stream: string) =>
    store.get<{ version: number }>(
      'SELECT coalesce(max(stream_version), 0) AS version FROM events WHERE stream_id = ? AND position <= ?',
      stream,
      after,
    )?.version ?? 0;
  const chain = new ChainCheck({
    position: after,
    hash: hashAt(store, after) ?? GENESIS,
    versionOf,
  });
  for (const event of store.read({ from: after + 1 })) {
    const fault = chain.next(event);
    if (fault) return fault;
  }
  return null;
}

function divergencesSince(
  store: EventStore,
  after: number,
  verification: HistoryCheck,
  onProgress: (done: number, all: number) => void,
): Divergence[] {
  const found: Divergence[] = [];
  const streams = store.all<{ stream_id: string }>(
    // Every lease: those of a worker can be in the streams of several repositories.
    `SELECT DISTINCT stream_id FROM events WHERE position > ? AND stream_id GLOB 'worker/*'
     UNION ALL SELECT DISTINCT stream_id FROM events WHERE stream_id > 'leases/' AND stream_id < 'leases0'`,
    after,
  );
  for (const [index, { stream_id }] of streams.entries()) {
    for (const stored of store.readAll({ stream: stream_id })) {
      const divergence = verification.next(stored);
      if (divergence) found.push(divergence);
    }
    onProgress(index + 1, streams.length);
  }
  const sessions = streams.flatMap(({ stream_id }) => sessionOfStream(stream_id) ?? []);
  for (const session of sessions) {
    if (found.length >= MOST) break;
    const different = verification.compare(store.connection, session);
    if (different) found.push(different);
  }
  return [...found, ...verification.lineage.divergences({ whole: false })].slice(0, MOST);
}
