import { agentpool } from '../agentpool.ts';
import { onBigLedger } from '../big-ledger.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { readingFloor } from '../read-and-parse.ts';
import { run, timed } from '../timing.ts';

/** `ledger rebuild` as a whole process, compared with reading and parsing all events. */
export function rebuild(options: BenchOptions): Generator<Figure> {
  return onBigLedger(options, function* ({ home, file, events }) {
    const floor = readingFloor(file);
    options.onProgress(`rebuilding all read models of ${events} events`);
    const value = timed(() => run(agentpool(home, 'ledger', 'rebuild', '--json'))) / 1000;
    yield besideFloor({ what: `ledger rebuild, ${events} events`, value, unit: 's' }, floor, 1.5);
  });
}
