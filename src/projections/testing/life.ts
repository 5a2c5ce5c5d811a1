import { CommandRejected } from '../../events/decider.ts';
import { type LeaseCommand, leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { workerDecider } from '../../machines/worker/decide.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { Ledger } from '../projector/ledger.ts';

export type Deed = { worker: string; command: WorkerCommand } | { repo: string; command: LeaseCommand };

const DAY = Date.parse('2026-03-04T12:00:00.000Z');

/** Executes one command at a second of the day; false if it was refused. */
export function act(ledger: Ledger, deed: Deed, second: number): boolean {
  const given = { now: new Date(DAY + second * 1000), newId: () => 'ap_new' };
  const as = { actor: 'test' };
  try {
    if ('worker' in deed) ledger.execute(workerDecider, workerStream(deed.worker), deed.command, given, as);
    else ledger.execute(leaseDecider, leaseStream(deed.repo), deed.command, given, as);
    return true;
  } catch (error) {
    if (error instanceof CommandRejected) return false;
    throw error;
  }
}
