import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { agentpool } from '../agentpool.ts';
import { onBigLedger } from '../big-ledger.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { alternating, median, nodeFloor, run, timed } from '../timing.ts';

/** `ledger stats` as a whole process: the first one, which counts all events, and those that follow. */
export function ledgerStats(options: BenchOptions): Generator<Figure> {
  return onBigLedger(options, function* ({ home, events }) {
    const program = agentpool(home, 'ledger', 'stats', '--json');
    // The code is compiled before, as it is when a ledger has grown this long.
    run(program);
    rmSync(join(home, 'run', 'log-size.json'), { force: true });
    const first = timed(() => run(program));
    const [floors = [], later = []] = alternating(options.quick ? 5 : 10, [nodeFloor, program]);
    const floor = { value: median(floors), unit: 'ms' as const, what: 'node -e 0' };
    yield besideFloor({ what: `ledger stats, ${events} uncounted`, value: first, unit: 'ms' }, floor);
    yield besideFloor({ what: `ledger stats, ${events} events`, value: median(later), unit: 'ms' }, floor, 4);
  });
}
