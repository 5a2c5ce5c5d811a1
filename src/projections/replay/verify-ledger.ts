import Type, { type Static } from 'typebox';
import { explained } from '../../events/store/open.ts';
import { ChainCheck, LogFault, pageFault } from '../../events/store/verify.ts';
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
const MOST = 20;

/**
 * Reads the whole log once, on one snapshot of the ledger, without blocking writers. Checks the file's pages, the
 * hash chain, positions and versions, every transition against the machines, every table against a fresh fold.
 */
export function verifyLedger(
  ledger: Ledger,
  onProgress?: (done: number, all: number) => void,
): LedgerVerification {
  const { store } = ledger;
  return store.reading(() => {
    const last = store.lastPosition();
    const chain = new ChainCheck();
    const verification = new HistoryCheck();
    const divergences: Divergence[] = [];
    let fault = pageFault(store);
    try {
      for (const stored of store.read()) {
        fault ??= chain.next(stored);
        if (fault) break;
        const divergence = verification.next(stored);
        if (divergence && divergences.length < MOST) divergences.push(divergence);
        if (stored.position % 5000 === 0) onProgress?.(stored.position, last);
      }
      const different = fault ? null : explained(store.file, () => verification.compare(store.connection));
      if (different) divergences.push(different);
      if (!fault) divergences.push(...verification.lineage.divergences({ whole: true }).slice(0, MOST));
      const ok = fault === null && divergences.length === 0;
      return { ok, ...verification.counts, last_position: last, head: chain.head, fault, divergences };
    } finally {
      verification.close();
    }
  });
}
