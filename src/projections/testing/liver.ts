import { answering } from '../../lib/testing/answering.ts';
import { everyCommand } from '../../machines/testing/samples.ts';
import { openLedger } from '../projector/ledger.ts';
import { act } from './life.ts';

export interface LiveQuestion {
  workers: string[];
  deeds: number;
}

const [file = ''] = process.argv.slice(2);
const ledger = openLedger(file);

/** Sends workers every possible command, repeatedly; answers with the accepted ones. */
answering(({ workers, deeds }: LiveQuestion): number => {
  let accepted = 0;
  for (let deed = 0; deed < deeds; deed++) {
    const worker = workers[deed % workers.length] ?? '';
    // A step that shares no factor with the number of commands visits all of them, in a different order each time.
    const command = everyCommand[(Math.floor(deed / workers.length) * 7) % everyCommand.length];
    if (command && act(ledger, { worker, command }, deed)) accepted += 1;
  }
  return accepted;
});
