import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { StoredEvent } from '../../events/event.ts';
import { notes, TEST } from '../../events/testing/stores.ts';
import { until } from '../../lib/testing/until.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { Member } from '../../machines/membership/decide.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import { Link } from '../link/link.ts';
import type { LinkThreadData } from '../link/link-beside.ts';
import type { LinkOptions } from '../link/options.ts';
import { placeOfHome } from '../place.ts';
import { Replica, replicaPosition } from '../replicas/replica.ts';
import { addressOf } from '../server/address.ts';
import { Database } from '../server/connection.ts';
import { join as joinFleet } from '../server/machines.ts';
import { setUp } from '../server/set-up.ts';
import { type FleetState, readState } from '../state-file.ts';

/** A machine of a fleet: a ledger of its own, and the link that a watcher would have. */
export class FleetMachine {
  readonly home = mkdtempSync(join(tmpdir(), 'agentpool-test-'));
  readonly ledger: Ledger;
  readonly member: Member;
  place: string = placeOfHome(this.home);
  #running: { end: AbortController; done: Promise<void> } | null = null;

  private constructor(member: Member) {
    this.ledger = openLedger(join(this.home, 'ledger.sqlite'));
    this.member = member;
  }

  /** Joins the fleet at this URL under a name; sets it up if it is the first. */
  static async join(url: string, name: string, { endsWithTest = true } = {}): Promise<FleetMachine> {
    const database = await Database.connect(addressOf(url, {}), undefined);
    try {
      const { fleetId } = await setUp(database);
      const member = { fleetId, machineId: randomUUID(), name, address: url };
      const machine = new FleetMachine(member);
      await joinFleet(database, { ...member, place: machine.place, version: '0.3.0' });
      if (endsWithTest) after(() => machine.remove());
      return machine;
    } finally {
      await database.close();
    }
  }

  get folder(): string {
    return join(this.home, 'fleet');
  }

  /** What a process of its own needs for its link. */
  threadData(): LinkThreadData {
    const { member, place, folder } = this;
    return { ledger: this.ledger.store.file, folder, member, env: {}, place, version: '0.3.0' };
  }

  /** What happens on this machine. */
  append(...texts: string[]): void {
    for (const event of notes(...texts)) this.ledger.store.append(`notes/${this.member.name}`, [event], TEST);
  }

  up(changes: Partial<LinkOptions> = {}): void {
    const end = new AbortController();
    const link = new Link({
      store: this.ledger.store,
      folder: this.folder,
      member: this.member,
      env: {},
      place: this.place,
      version: '0.3.0',
      now: () => new Date(),
      monotonic,
      repositoryOf: async () => null,
      ...changes,
    });
    this.#running = { end, done: link.run(end.signal) };
  }

  async down(): Promise<void> {
    this.#running?.end.abort();
    await this.#running?.done;
    this.#running = null;
  }

  async remove(): Promise<void> {
    await this.down();
    this.ledger.close();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 });
  }

  state(): FleetState | null {
    return readState(this.folder);
  }

  /** What is here of the log of another machine. */
  logOf({ member }: FleetMachine): StoredEvent[] {
    const replica = new Replica(this.folder, member.machineId);
    try {
      return replica.ledger.store.readAll({});
    } finally {
      replica.close();
    }
  }

  /** How far the log of another machine is here. */
  positionOf({ member }: FleetMachine): number {
    return replicaPosition(this.folder, member.machineId);
  }

  log(): StoredEvent[] {
    return this.ledger.store.readAll({});
  }

  /** Waits until all of the other machine's log is here. */
  has(other: FleetMachine): Promise<unknown> {
    const seen = () => JSON.stringify(this.state());
    return until(
      `${other.member.name}'s log at ${this.member.name}`,
      () => this.positionOf(other) === other.ledger.store.lastPosition(),
      seen,
    );
  }
}
