import { existsSync } from 'node:fs';
import { lastPosition } from '../../../events/store/log-queries.ts';
import { replicaFile } from '../../../fleet/replicas/replica.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { openLedger } from '../../../projections/projector/ledger.ts';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import type { AppContext } from '../../core/context.ts';
import { fleetView, machineNamed, seenOther } from './machines.ts';

/** The log of another machine, as far as it is here. */
export interface LogOfMachine {
  /** The ledger in it is that of the machine. Only its log may be read of it. */
  app: AppContext;
  file: string;
  seen: SeenMachine;
}

/**
 * Runs `work` on the log of another machine, by its name or its id.
 * @throws FLEET_NOT_JOINED, FLEET_MACHINE_UNKNOWN, and what `openLedger` throws
 */
export async function inLogOf<T>(
  app: AppContext,
  name: string,
  work: (log: LogOfMachine) => Promise<T> | T,
): Promise<T> {
  const view = fleetView(app);
  if (name === view.self.name) throw noLogOf(name, 'It is this machine: leave --machine out.');
  const machine = machineNamed(view.others, name);
  const file = replicaFile(view.folder, machine.machineId);
  // To open it would create it.
  if (!existsSync(file)) throw noLogOf(name, 'Nothing of its log was fetched yet.');
  const ledger = openLedger(file);
  try {
    const lag = Math.max(0, machine.position - lastPosition(ledger));
    return await work({ app: { ...app, ledger }, file, seen: seenOther({ machine, lag }, view.now) });
  } finally {
    ledger.close();
  }
}

const noLogOf = (machine: string, why: string): AgentPoolError =>
  new AgentPoolError(
    'FLEET_MACHINE_UNKNOWN',
    `The log of a machine ${JSON.stringify(machine)} is not here. ${why}`,
    { machine, example: 'agentpool fleet machines' },
  );
