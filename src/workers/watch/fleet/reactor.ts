import type { LeaseReport } from '../../../fleet/leases/keeper.ts';
import { LinkBeside, type LinkReport } from '../../../fleet/link/link-beside.ts';
import { membershipIn } from '../../../fleet/membership.ts';
import { placeOfHome } from '../../../fleet/place.ts';
import { packageVersion } from '../../../lib/package-root.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Membership } from '../../../machines/membership/decide.ts';
import type { WatchContext } from '../../core/record.ts';
import type { WatcherCallbacks } from '../reactors/watcher-callbacks.ts';
import { SteeringReactor } from '../steering/reactor.ts';
import { recordLease } from './leases.ts';

/** When a link that has ended by itself is started again, in milliseconds. */
const AGAIN_MS = 5000;

/** Keeps this machine linked to its fleet while it is part of one: then the watcher stays, also without workers. */
export class FleetReactor {
  readonly #app: WatchContext;
  readonly #on: WatcherCallbacks;
  #member: Membership = null;
  #link: LinkBeside | null = null;
  #again = Number.NEGATIVE_INFINITY;
  #closed = false;
  /** What other machines ask of this one. */
  readonly #steering: SteeringReactor;

  constructor(app: WatchContext, on: WatcherCallbacks) {
    this.#app = app;
    this.#on = on;
    this.#steering = new SteeringReactor(app, on);
  }

  /** Whether this machine is part of a fleet. */
  get isMember(): boolean {
    return this.#member !== null;
  }

  /** Follows the stream `fleet`: starts the link of a new membership, and ends that of a former one. */
  async follow(): Promise<void> {
    const member = membershipIn(this.#app.ledger.store);
    if (JSON.stringify(member) === JSON.stringify(this.#member)) return;
    this.#member = member;
    await this.#end();
    this.#steering.follow(member);
    this.step();
  }

  /** Does what can be done now; returns in how many milliseconds to look again. */
  step(): number {
    return Math.min(this.#startLink(), this.#steering.step());
  }

  /** Starts the link if there is none. */
  #startLink(): number {
    if (this.#member === null || this.#link || this.#closed) return Number.POSITIVE_INFINITY;
    const wait = this.#again - monotonic();
    if (wait > 0) return wait;
    const { paths, env, home } = this.#app;
    const link = new LinkBeside(
      {
        ledger: paths.ledger,
        folder: paths.fleet,
        member: this.#member,
        env,
        place: placeOfHome(home),
        version: packageVersion(),
      },
      {
        report: (report) => this.#report(report),
        end: (error) => {
          if (this.#link !== link) return;
          this.#link = null;
          this.#again = monotonic() + AGAIN_MS;
          this.#on.fault('the link to the fleet has ended', error);
          this.#on.wake();
        },
      },
    );
    this.#link = link;
    return Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#steering.close();
    await this.#end();
  }

  async #end(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    await link?.close();
  }

  #report(report: LinkReport): void {
    switch (report.kind) {
      case 'asked':
        this.#steering.asked(report.machineIds);
        return;
      case 'state': {
        const { state, error } = report.state;
        this.#on.log(`fleet: ${state}${error ? `: ${error.message}` : ''}`);
        return;
      }
      case 'leases':
        for (const each of report.reports) this.#recordLease(each);
        return;
      case 'fault':
        this.#on.log(`fleet: ${report.what}: ${report.message}`);
    }
  }

  #recordLease(report: LeaseReport): void {
    const { session, path } = report.lease;
    try {
      recordLease(this.#app, report);
      if (report.kind === 'lost') this.#on.log(`fleet: ${session} has lost its lease on ${path || '.'}`);
    } catch (error) {
      this.#on.fault(`the lease of ${session} on ${path || '.'}`, error);
    }
  }
}
