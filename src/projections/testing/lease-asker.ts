import { AgentPoolError } from '../../lib/errors.ts';
import { answering } from '../../lib/testing/answering.ts';
import { type LeaseCommand, leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import { openLedger } from '../projector/ledger.ts';

/** The granted lease, or its current holder. */
export type LeaseAnswer =
  | { granted: number; fence: number }
  | { code: string; holder: unknown; message: string };

const [file = '', repo = ''] = process.argv.slice(2);
const ledger = openLedger(file);
const given = { now: new Date(), newId: () => 'ap_new' };

answering(answer);

function answer(command: LeaseCommand): LeaseAnswer {
  try {
    const done = ledger.execute(leaseDecider, leaseStream(repo), command, given, { actor: 'test' });
    return { granted: done.events[0]?.position ?? 0, fence: done.state.lastFence };
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    // On a machine with more to do, fifty processes may wait longer for the lock than a command does.
    if (error.code === 'LEDGER_BUSY') return answer(command);
    return { code: error.code, holder: error.details.holder, message: error.message };
  }
}
