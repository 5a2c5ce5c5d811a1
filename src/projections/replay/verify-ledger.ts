import Type, { type Static } from 'typebox';
import { GENESIS } from '../../events/store/hash.ts';
import { hashAt } from '../../events/store/log-queries.ts';
import { explained } from '../../events/store/open.ts';
import type { EventStore } from '../../events/store/store.ts';
import { ChainCheck, LogFault, pageFault } from '../../events/store/verify.ts';
import { Beside } from '../../events/verification/beside.ts';
import { scan } from '../../events/verification/scan.ts';
import { WORTH_A_THREAD } from '../../events/verification/whole.ts';
import { count, noted, nullable, text } from '../../lib/shapes.ts';
import type { Ledger } from '../projector/ledger.ts';
import { type Divergence, Verification } from './check-schema.ts';
import { HistoryCheck } from './history-check.ts';
import { feed, type RestAnswer, type RestQuestion, restOf } from './share-check.ts';

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
 * The hash chain and a third of the histories beside the others, many events at once. Null if anything is wrong: then the
 * events are checked in turn, so that each fault is named with its event.
 */
function verifiedAtOnce({ store }: Ledger, onProgress: OnProgress): LedgerVerification | null {
  const upTo = store.lastPosition();
  const question: RestQuestion = { file: store.file, upTo };
  const beside =
    upTo < WORTH_A_THREAD || store.isReadOnly ? null : Beside.start<RestAnswer>('rest-thread.js', question);
  const share = beside ? 'most' : 'all';
  const verification = new HistoryCheck({ hold: true, share });
  try {
    if (pageFault(store)) return null;
    const isSound = feed(store, verification, share, (position) => {
      if (position % 5000 === 0) onProgress(position, upTo);
    });
    if (!isSound) return null;
    if (beside) {
      const { chain, rest } = beside.result() ?? restOf(store, upTo);
      if (!chain.holds || !rest) return null;
      verification.add(rest);
    } else if (!scan(store.connection, { after: 0, upTo }).holds) return null;
    const verified = concluded(store, verification, []);
    return verified.ok ? verified : null;
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
