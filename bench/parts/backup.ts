import { closeSync, copyFileSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { agentpool } from '../agentpool.ts';
import { onBigLedger } from '../big-ledger.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { run, timed } from '../timing.ts';

/**
 * `ledger backup` as a whole process, compared with a copy of the file that is flushed to disk: the first one, which
 * verifies the whole hash chain, and those that follow.
 */
export function backup(options: BenchOptions): Generator<Figure> {
  return onBigLedger(options, function* ({ home, file, events }) {
    const copy = `${file}.copy`;
    const floor = { value: timed(() => copied(file, copy)) / 1000, unit: 's' as const, what: 'copy + fsync' };
    for (const [what, atMost] of [['first ledger backup'], ['ledger backup', 2]] as const) {
      rmSync(copy);
      options.onProgress(`${what} of ${events} events`);
      const value = timed(() => run(agentpool(home, 'ledger', 'backup', copy, '--json'))) / 1000;
      yield besideFloor({ what: `${what}, ${events} events`, value, unit: 's' }, floor, atMost);
    }
  });
}

function copied(from: string, to: string): void {
  copyFileSync(from, to);
  const descriptor = openSync(to, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
