import { spawnSync } from 'node:child_process';
import { agentpool } from '../agentpool.ts';
import { onBigLedger } from '../big-ledger.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { readingFloor } from '../read-and-parse.ts';
import { type Program, timed } from '../timing.ts';

/** `events` as a whole process that prints all of the log to nowhere, in words and as JSON. */
export function events(options: BenchOptions): Generator<Figure> {
  return onBigLedger(options, function* ({ home, file, events }) {
    for (const [what, ...words] of [['events'], ['events --json', '--json']]) {
      const floor = readingFloor(file);
      options.onProgress(`${what} of ${events} events`);
      const value = timed(() => printed(agentpool(home, 'events', ...words))) / 1000;
      yield besideFloor({ what: `${what}, ${events} events`, value, unit: 's' }, floor, 1.5);
    }
  });
}

function printed({ words: [program = '', ...rest], env }: Program): void {
  const { status } = spawnSync(program, rest, { env: { ...process.env, ...env }, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${rest.join(' ')} ended with ${status}`);
}
