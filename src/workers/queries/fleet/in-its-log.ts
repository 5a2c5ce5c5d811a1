import { type OtherMachine, otherMachines } from '../../../fleet/replicas/others.ts';
import { replicaFile } from '../../../fleet/replicas/replica.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { fleetNameIn } from '../../../projections/membership.ts';
import { openLedger } from '../../../projections/projector/ledger.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';

/** A worker, and the ledger that has its events. */
export interface WithItsLog {
  /** The ledger in it is that of the worker's machine. Only its history may be read of it. */
  app: AppContext;
  session: SessionRow;
  /** The machine that it is on; null where it is this one. */
  machine: OtherMachine | null;
}

/**
 * Finds a worker as `sessionNamed` does, on this machine or in the log of another one as it is here, and runs `work` on
 * that log.
 * @throws what `sessionNamed` throws
 */
export async function inItsLog<T>(
  app: AppContext,
  words: string,
  work: (found: WithItsLog) => Promise<T> | T,
): Promise<T> {
  const found = hereOrElsewhere(app, words);
  if ('session' in found) return work({ app, session: found.session, machine: null });
  const ledger = openLedger(replicaFile(app.paths.fleet, found.machine.machineId));
  try {
    const there = { ...app, ledger };
    return await work({ app: there, session: sessionNamed(there, found.id), machine: found.machine });
  } finally {
    ledger.close();
  }
}

function hereOrElsewhere(
  app: AppContext,
  words: string,
): { session: SessionRow } | { id: string; machine: OtherMachine } {
  try {
    return { session: sessionNamed(app, words) };
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    const { machine_id, session_id } = error.details;
    const self = fleetNameIn(app.ledger);
    const machine =
      self &&
      otherMachines({ folder: app.paths.fleet, machineId: self.machine_id, now: app.given().now }).find(
        ({ machineId }) => machineId === machine_id,
      );
    if (!machine || typeof session_id !== 'string') throw error;
    return { id: session_id, machine };
  }
}
