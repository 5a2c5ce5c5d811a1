export { answerFromLedger } from './from-ledger.ts';

/** The commands that only read the ledger. */
export const tables = {
  status: () => import('./status.ts'),
  ps: () => import('./ps.ts'),
  sessions: () => import('./sessions.ts'),
  stats: () => import('./stats.ts'),
  usageSummary: () => import('./usage-summary.ts'),
  statusline: () => import('./statusline.ts'),
  ledgerStats: () => import('./ledger-stats.ts'),
};
