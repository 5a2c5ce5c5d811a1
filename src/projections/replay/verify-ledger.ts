import Type, { type Static } from 'typebox';
import { GENESIS } from '../../events/store/hash.ts';
import { hashAt } from '../../events/store/log-queries.ts';
import { explained } from '../../events/store/open.ts';
import type { EventStore } from '../../events/store/store.ts';
import { ChainCheck, LogFault, pageFault } from '../../events/store/verify.ts';
import { scan } from '../../events/verification/scan.ts';
import { ScanBeside } from '../../events/verification/scan-beside.ts';
import { WORTH_A_THREAD } from '../../events/verification/whole.ts';
import { count, noted, nullable, text } from '../../lib/shapes.ts';
import type { Ledger } from '../projector/ledger.ts';
import { type Divergence, Verification } from './check-schema.ts';
import { HistoryCheck } from './history-check.ts';

export const LedgerVerification = Type.Object({
  ...Verification.properties,
  last_position: count,
  head: noted(text, 'The hash of the last event. Keep it elsewhere to detect any later change of the log.'),
  fault: noted(nullable(LogFault), 'The first position at which the log has changed since it was written.'),
});
export type LedgerVerification = Static<typeof LedgerVerification>;

/** The most divergences to report: a broken projection would repeat the same one for every worker. */
export const MOST = 20;

type OnProgress = (done: number, all: number) => void;

/**
 * Reads the whole log on one snapshot of the ledger, without blocking writers. Checks the file's pages, the hash chain,
 * positions and versions, every transition against the machines, every table against a fresh fold.
 */
export function verifyLedger(ledger: Ledger, onProgress: OnProgress = () => {}): LedgerVerification {
  return ledger.store.reading(() => verifiedAtOnce(ledger, onProgress) ?? verifiedInTurn(ledger, onProgress));
}

/**
 * The hash chain and the histories beside each other, many events at once. Null if anything is wrong: then the events
 * are checked in turn, so that each fault is named with its event.
 */
function verifiedAtOnce({ store }: Ledger, onProgress: OnProgress): LedgerVerification | null {
  const part = { after: 0, upTo: store.lastPosition() };
  const beside = part.upTo < WORTH_A_THREAD || store.isReadOnly ? null : ScanBeside.start(store.file, part);
  const verification = new HistoryCheck({ hold: true });
  try {
    if (pageFault(store)) return null;
    for (const stored of store.readFolded()) {
      if (verification.next(stored)) return null;
      if (stored.position % 5000 === 0) onProgress(stored.position, part.upTo);
    }
    if (!verification.settles()) return null;
    const chain = beside?.result() ?? scan(store.connection, part);
    const verified = chain.holds ? concluded(store, verification, []) : null;
    return verified?.ok ? verified : null;
  } finally {
    verification.close();
    beside?.stop();
  }
}

/** Event by event, up to the first one that is not as it was written. */
function verifiedInTurn({ store }: Ledger, onProgress: OnProgress): LedgerVerification {
  const last = store.lastPosition();
  const chain = new ChainCheck();
  const verification = new HistoryCheck();
  const divergences: Divergence[] = [];
  let fault = pageFault(store);
  try {
    for (const stored of store.read()) {
      fault ??= chain.next(stored);
      if (fault) {
        const { counts } = verification;
        return { ok: false, ...counts, last_position: last, head: chain.head, fault, divergences };
      }
      const divergence = verification.next(stored);
      if (divergence && divergences.length < MOST) divergences.push(divergence);
      if (stored.position % 5000 === 0) onProgress(stored.position, last);
    }
    return concluded(store, verification, divergences, fault);
  } finally {
    verification.close();
  }
}

/** Compares the tables, and both sides of every handover. */
function concluded(
  store: EventStore,
  verification: HistoryCheck,
  divergences: Divergence[],
  fault: LogFault | null = null,
): LedgerVerification {
  const last_position = store.lastPosition();
  const different = fault ? null : explained(store.file, () => verification.compare(store.connection));
  if (different) divergences.push(different);
  if (!fault) divergences.push(...verification.lineage.divergences({ whole: true }).slice(0, MOST));
  const ok = fault === null && divergences.length === 0;
  const head = hashAt(store, last_position) ?? GENESIS;
  return { ok, ...verification.counts, last_position, head: head.toString('hex'), fault, divergences };
}
