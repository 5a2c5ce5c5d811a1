import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEvent } from '../../events/event.ts';
import { GENESIS } from '../../events/store/hash.ts';
import { hashAt, lastPosition, streamVersion } from '../../events/store/log-queries.ts';
import { ChainCheck } from '../../events/store/verify.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import { openReader } from '../../projections/reader.ts';

const SUFFIX = '.sqlite';

/** The file with the log of another machine, below the folder `fleet` of AGENTPOOL_HOME. */
export const replicaFile = (folder: string, machineId: string): string =>
  join(folder, `${machineId}${SUFFIX}`);

/** The machines whose logs are here. */
export const replicatedMachines = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
    : [];

/** How far the log of another machine is here. */
export function replicaPosition(folder: string, machineId: string): number {
  const reader = openReader(replicaFile(folder, machineId), []);
  try {
    return reader ? lastPosition(reader) : 0;
  } finally {
    reader?.close();
  }
}

/**
 * The log of another machine, as a ledger of its own: its read models are the same as here, and how far it was fetched
 * is its last event, in the same transaction.
 */
export class Replica {
  readonly machineId: string;
  readonly ledger: Ledger;

  constructor(folder: string, machineId: string) {
    this.machineId = machineId;
    this.ledger = openLedger(replicaFile(folder, machineId));
  }

  /** The end of what is here. */
  get position(): number {
    return this.ledger.store.lastPosition();
  }

  /**
   * Adds the next events, all or none, once the chain leads to them.
   * @throws FLEET_LOG_DIVERGES where they do not follow from what is here
   */
  add(events: readonly StoredEvent[]): void {
    const { store } = this.ledger;
    store.transaction(() => {
      const position = store.lastPosition();
      const hash = hashAt(store, position) ?? GENESIS;
      const chain = new ChainCheck({ position, hash, versionOf: (stream) => streamVersion(store, stream) });
      for (const event of events) {
        const fault = chain.next(event);
        if (fault)
          throw new AgentPoolError(
            'FLEET_LOG_DIVERGES',
            `What the fleet has of this machine does not follow from the ${position} events that are here: at event ${fault.position}, ${fault.reason}.`,
            { machine_id: this.machineId, position: fault.position },
          );
      }
      store.restore(events);
    });
  }

  close(): void {
    this.ledger.close();
  }
}
