import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { changed } from '../../events/store/follow.ts';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { type LeaseKeeper, LeasesNotKept } from '../leases/keeper.ts';
import type { Replicas } from '../replicas/replicas.ts';
import type { Database } from '../server/connection.ts';
import { isOfDatabase } from '../server/errors.ts';
import { join, knownMachine, type Machine, type Roster, roster, sayPresent } from '../server/machines.ts';
import { CHANNEL } from '../server/schema.ts';
import { fleetIn } from '../server/set-up.ts';
import type { FleetState } from '../state-file.ts';
import { compareLogs, refusalOf } from './compare.ts';
import { localLog } from './local-log.ts';
import type { LinkOptions } from './options.ts';
import { BATCH, pull, ship } from './transfer.ts';

/**
 * How often the database is asked what is new, in milliseconds. A report of it only makes that sooner: one may be lost
 * with the link, and behind a pooler none arrives.
 */
const ASK_MS = 1000;
/** The same for each machine of the fleet: the answer grows with their number. */
const ASK_MS_PER_MACHINE = 20;
/** How often this machine says that it is there. */
const PRESENT_MS = 20_000;
/** How long a report may take to arrive. */
const REPORT_MS = 1000;
/** How often in a row the database may refuse what its own log seems to go on with. */
const MOST_REFUSALS = 3;
/** When a log that could not be added to is tried again. */
const FAULTY_MS = 30_000;

/** What goes over one connection: this machine's events to the database, and those of the others from there. */
export class Exchange {
  readonly #database: Database;
  readonly #replicas: Replicas;
  readonly #leases: LeaseKeeper;
  readonly #options: LinkOptions;
  /** This machine in the database. */
  #self: Machine | null = null;
  /** The position up to which the database has this machine's log. */
  #shipped = 0;
  #refusals = 0;
  #askAt = Number.NEGATIVE_INFINITY;
  #presentAt = 0;
  /** Whether a round has left something to move. */
  #hasMore = false;
  /** The state of this machine's log before the last round. */
  #counter = 0;
  #awake = new AbortController();
  /** Logs that could not be added to, and why. */
  readonly #faults = new Map<string, { why: string; again: number }>();
  listens = false;

  constructor(
    database: Database,
    { replicas, leases }: { replicas: Replicas; leases: LeaseKeeper },
    options: LinkOptions,
  ) {
    this.#database = database;
    this.#replicas = replicas;
    this.#leases = leases;
    this.#options = options;
    database.onLost = () => this.#awake.abort();
  }

  /**
   * Makes sure that this is the fleet, and that its log of this machine is the beginning of this one. `connect` gives
   * another connection for a moment.
   * @throws FLEET_NOT_SET_UP, FLEET_NEWER, FLEET_OTHER, FLEET_MOVED, FLEET_LOG_BEHIND, FLEET_LOG_DIVERGES
   */
  async begin(connect: () => Promise<Database>): Promise<void> {
    const { member, place, version } = this.#options;
    const fleet = await fleetIn(this.#database);
    if (fleet === null) throw this.#refused('FLEET_NOT_SET_UP', 'the database has no fleet tables');
    if (fleet.fleetId !== member.fleetId)
      throw this.#refused('FLEET_OTHER', 'the database is of another fleet');
    const { machineId, name } = member;
    this.listens = await this.#listen(connect);
    const asked = await roster(this.#database);
    // A database that was set back to a time before it joined.
    const isKnown = asked.machines.some((each) => each.machineId === machineId);
    if (!isKnown) await join(this.#database, { machineId, name, place, version });
    this.#take(isKnown ? asked : await roster(this.#database));
    if (this.#self?.place !== place)
      throw this.#refused('FLEET_MOVED', 'the log of this machine was shared from another place');
    await sayPresent(this.#database, this.#self.machine, { version, now: this.#options.now() });
    this.#presentAt = this.#options.monotonic() + PRESENT_MS;
    this.#leases.reconnected();
  }

  /** Moves what there is, a batch of each log. Returns what is known of the fleet if the database was asked. */
  async round(): Promise<Pick<FleetState, 'asked_at' | 'machines'> | null> {
    const { store, monotonic, version } = this.#options;
    this.#awake = new AbortController();
    this.#counter = store.changeCounter();
    this.#hasMore = false;
    await this.#ship();
    await this.#keepLeases();
    if (monotonic() >= this.#presentAt) {
      await sayPresent(this.#database, this.#self?.machine ?? 0, { version, now: this.#options.now() });
      this.#presentAt = monotonic() + PRESENT_MS;
    }
    if (monotonic() < this.#askAt) return null;
    const { machines, now } = await this.#ask();
    await this.#pull(machines);
    return {
      asked_at: this.#options.now().toISOString(),
      machines: machines.map((each) =>
        knownMachine(each, now, this.#faults.get(each.machineId)?.why ?? null),
      ),
    };
  }

  /** Until there may be something to move. */
  async rest(signal: AbortSignal): Promise<void> {
    if (this.#database.isLost) throw this.#unreachable();
    if (this.#hasMore) return;
    const awake = this.#awake;
    const wake = () => awake.abort();
    signal.addEventListener('abort', wake);
    try {
      const forMs = Math.min(this.#askAt, this.#presentAt) - this.#options.monotonic();
      await changed(this.#options.store, this.#counter, awake.signal, { forMs });
    } finally {
      signal.removeEventListener('abort', wake);
    }
    if (this.#database.isLost) throw this.#unreachable();
  }

  /** Asks for the ends of all logs. */
  async #ask(): Promise<Roster> {
    const asked = await roster(this.#database);
    this.#take(asked);
    return asked;
  }

  /** Compares the end of this machine's log with the one that the database has. */
  #take(asked: Roster): void {
    const { store, member, monotonic } = this.#options;
    this.#askAt = monotonic() + Math.max(ASK_MS, ASK_MS_PER_MACHINE * asked.machines.length);
    const self = asked.machines.find(({ machineId }) => machineId === member.machineId);
    if (!self) throw this.#refused('FLEET_OTHER', 'the database does not know this machine');
    this.#self = self;
    const comparison = compareLogs(localLog(store), self);
    if (comparison.kind !== 'goes_on') {
      const { code, why } = refusalOf(comparison);
      throw this.#refused(code, why);
    }
    this.#shipped = comparison.from - 1;
  }

  async #ship(): Promise<void> {
    const { store } = this.#options;
    const last = store.lastPosition();
    if (last <= this.#shipped || !this.#self) return;
    try {
      this.#shipped = await ship(store, this.#database, this.#self.machine, this.#shipped);
      this.#refusals = 0;
      this.#presentAt = this.#options.monotonic() + PRESENT_MS;
    } catch (error) {
      if (!(error instanceof AgentPoolError) || error.code !== 'FLEET_LOG_REFUSED') throw error;
      // Another shipper, or a database that was set back: what it has now is compared again.
      if (++this.#refusals >= MOST_REFUSALS) throw error;
      this.#askAt = Number.NEGATIVE_INFINITY;
    }
    this.#hasMore ||= this.#shipped < last;
  }

  async #pull(machines: readonly Machine[]): Promise<void> {
    const asking: string[] = [];
    for (const machine of machines) {
      if (machine === this.#self || this.#isFaulty(machine)) continue;
      try {
        const replica = this.#replicas.of(machine.machineId);
        if (replica.position >= machine.position) continue;
        const events = await pull(this.#database, machine, replica);
        if (events.some(({ type }) => type === 'steering.requested')) asking.push(machine.machineId);
        if (events.length === BATCH) this.#hasMore = true;
        this.#faults.delete(machine.machineId);
      } catch (error) {
        if (this.#database.isLost || isOfDatabase(error)) throw error;
        const again = this.#options.monotonic() + FAULTY_MS;
        this.#faults.set(machine.machineId, { why: errorMessage(error), again });
      }
    }
    if (this.#hasMore) this.#askAt = Number.NEGATIVE_INFINITY;
    if (asking.length > 0) this.#options.onAsked?.(asking);
  }

  async #keepLeases(): Promise<void> {
    try {
      await this.#leases.step(this.#database);
    } catch (error) {
      if (!(error instanceof LeasesNotKept)) throw error;
      this.#options.onFault?.('leases', error);
    }
  }

  #isFaulty({ machineId }: Machine): boolean {
    return (this.#faults.get(machineId)?.again ?? 0) > this.#options.monotonic();
  }

  /**
   * Whether reports arrive. A pooler accepts LISTEN and passes nothing on, except what was notified through the same
   * of its connections: therefore another connection notifies.
   */
  async #listen(connect: () => Promise<Database>): Promise<boolean> {
    const test = randomUUID();
    const heard = new AbortController();
    await this.#database.listen(CHANNEL, (payload) => {
      if (payload === test) heard.abort();
      else if (payload !== String(this.#self?.machine)) this.#news();
    });
    const other = await connect();
    try {
      await other.rows('SELECT pg_notify($1, $2)', [CHANNEL, test]);
      await sleep(REPORT_MS, undefined, { signal: heard.signal }).catch(() => {});
    } finally {
      await other.close();
    }
    return heard.signal.aborted;
  }

  #news(): void {
    this.#askAt = Number.NEGATIVE_INFINITY;
    this.#awake.abort();
  }

  #unreachable(): AgentPoolError {
    return new AgentPoolError(
      'FLEET_UNREACHABLE',
      `The connection to ${this.#options.member.address} was lost.`,
    );
  }

  #refused(
    code: 'FLEET_NOT_SET_UP' | 'FLEET_OTHER' | 'FLEET_MOVED' | 'FLEET_LOG_BEHIND' | 'FLEET_LOG_DIVERGES',
    why: string,
  ): AgentPoolError {
    const { name, address } = this.#options.member;
    return new AgentPoolError(code, `${name} shares nothing with ${address}: ${why}.`, { name, address });
  }
}
