import { answering } from '../../lib/testing/answering.ts';
import { openLedger } from '../projector/ledger.ts';
import { counting, tallying } from './counting.ts';

export interface RebuildQuestion {
  version: number;
  /** Whether it is the projection whose rows a rebuild holds in memory; else the one that writes each. */
  held?: boolean;
  /** Kills itself while it applies this event, within the transaction. */
  dieAt?: number;
}

const [file = ''] = process.argv.slice(2);

/** Opens the ledger with this version of the projection, which rebuilds it; answers with what it applied. */
answering(({ version, held = false, dieAt }: RebuildQuestion): number => {
  let applied = 0;
  const projection = (held ? tallying : counting)(version, 'counted', (position) => {
    applied += 1;
    if (position === dieAt) process.kill(process.pid, 'SIGKILL');
  });
  openLedger(file, { projections: [projection] }).close();
  return applied;
});
