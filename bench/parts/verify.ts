import { agentpool } from '../agentpool.ts';
import { onBigLedger } from '../big-ledger.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { readingFloor } from '../read-and-parse.ts';
import { nodeFloor, run, timed } from '../timing.ts';

/** `ledger verify` as a whole process: of everything, and of the last hundredth after that. */
export function verify(options: BenchOptions): Generator<Figure> {
  return onBigLedger(options, function* ({ home, file, events }) {
    const floor = readingFloor(file);
    options.onProgress(`verifying ${events} events`);
    const whole = timed(() => run(agentpool(home, 'ledger', 'verify', '--json'))) / 1000;
    yield besideFloor({ what: `ledger verify, ${events} events`, value: whole, unit: 's' }, floor, 1.8);
    const from = String(events - events / 100);
    const start = { value: timed(() => run(nodeFloor)), unit: 'ms' as const, what: 'node -e 0' };
    const part = timed(() => run(agentpool(home, 'ledger', 'verify', '--since', from, '--json')));
    yield besideFloor({ what: `ledger verify, the last ${events / 100}`, value: part, unit: 'ms' }, start);
  });
}
