import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after } from 'node:test';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { Replica } from '../../fleet/replicas/replica.ts';
import { type KnownMachine, writeState } from '../../fleet/state-file.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { FLEET_STREAM } from '../../machines/membership/decide.ts';
import { samples } from '../../machines/testing/samples.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import { type AppContext, openApp } from '../core/context.ts';

const { kind: _, ...REQUEST } = samples.request[0];
const TEST = { actor: 'test' };

/** A machine with a ledger of its own, whose log is shared with others by `shareWith`: without a database. */
export class Machine {
  readonly id: string = randomUUID();
  readonly name: string;
  /** What its clock says. */
  now = new Date('2026-03-04T12:00:00.000Z');
  readonly ledger: Ledger;

  constructor(name: string, file = join(temporaryFolder(), 'ledger.sqlite')) {
    this.name = name;
    this.ledger = openLedger(file, { clock: () => this.now });
    after(() => this.ledger.close());
  }

  append(stream: string, ...events: DomainEvent[]): void {
    this.ledger.store.append(stream, events, TEST);
  }

  /** A worker is requested; `more` are parts of its request. */
  request(id: string, more: Record<string, unknown> = {}): void {
    const data = { state: 'STARTING', ...REQUEST, deadline_at: null, ...more };
    this.append(workerStream(id), { type: 'worker.spawn_requested', data } as DomainEvent);
  }

  join(): void {
    const data = { fleet_id: 'f', machine_id: this.id, name: this.name, address: 'postgresql://db/pool' };
    this.append(FLEET_STREAM, { type: 'fleet.joined', data });
  }
}

/** A home that is in a fleet, as one of its machines. */
export class JoinedHome {
  readonly home = temporaryFolder();
  readonly self = new Machine('desk', join(this.home, 'ledger.sqlite'));

  constructor() {
    this.self.join();
  }

  /** The caller closes its ledger. */
  open(): Promise<AppContext> {
    return openApp({ AGENTPOOL_HOME: this.home, HOME: this.home, PATH: '' }, 'cli');
  }
}

export type Known = Partial<Omit<KnownMachine, 'machine_id' | 'name'>>;

/** What is here of another machine; `log` is false for one that nothing was fetched of. */
export interface Shared {
  machine: Machine;
  known?: Known;
  log?: boolean;
}

/** Fetches the logs of the others into the folder `fleet` of a machine, as its watcher would, and says what is known. */
export function share(folder: string, self: Machine, shared: readonly Shared[], known: Known = {}): void {
  for (const { machine, log = true } of shared) if (log) fetched(folder, machine);
  const machines = [{ machine: self, known }, ...shared].map(({ machine, known: more = {} }) => ({
    machine_id: machine.id,
    name: machine.name,
    version: '0.3.0',
    position: machine.ledger.store.lastPosition(),
    seen_ms_ago: 0,
    clock_ahead_ms: 0,
    has_left: false,
    fault: null,
    ...more,
  }));
  const link = { state: 'connected', since: '', listens: true, error: null } as const;
  writeState(folder, { asked_at: new Date().toISOString(), machines, link });
}

/** Adds what is missing here of the log of another machine. */
function fetched(folder: string, { id, ledger }: Machine): void {
  const replica = new Replica(folder, id);
  try {
    replica.add(ledger.store.readAll({ from: replica.position + 1 }));
  } finally {
    replica.close();
  }
}
