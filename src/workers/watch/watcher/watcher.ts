import { changed } from '../../../events/store/follow.ts';
import { LOCK_TIMEOUT_MS } from '../../../events/store/lock-wait.ts';
import { keepReserve } from '../../../events/store/reserve.ts';
import { isUnwritable } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { FLEET_STREAM } from '../../../machines/membership/decide.ts';
import { liveSessions, type SessionRow, sessionsHandedOver } from '../../../projections/sessions/queries.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { reconcile } from '../../commands/reconcile.ts';
import { Backlog } from '../../core/backlog.ts';
import type { AppContext } from '../../core/context.ts';
import type { WatchContext } from '../../core/record.ts';
import { Notifier } from '../../notify/notifier.ts';
import { FleetReactor } from '../fleet/reactor.ts';
import { Deadlines } from '../reactors/deadlines.ts';
import { QueueReactor } from '../reactors/queue-reactor.ts';
import { Retention } from '../reactors/retention.ts';
import { FollowedConfig } from './followed-config.ts';
import { WatcherLease } from './lease.ts';
import { MemoryReturn } from './memory-return.ts';
import { WatcherLog } from './watcher-log.ts';
import { WorkerWatches } from './worker-watches.ts';

/** How often the ledger is compared with the processes that run, whatever the log says, in milliseconds. */
const RECONCILE_MS = 5000;
/** The same while nothing is under way and the output of every live worker is read. */
const SETTLED_RECONCILE_MS = 60_000;
/** How long a watcher without workers stays, in milliseconds: the next spawn often follows soon. */
const LINGER_MS = 3000;
/** How often to check that the ledger is still this watcher's, in milliseconds. */
const CHECK_MS = 1000;
/** How long a watcher that lost its ledger or its lease may take to end by itself, in milliseconds. */
const QUIT_MS = 500;
/** How long to wait for the ledger's lock while another process does not release it, in milliseconds. */
const SHORT_LOCK_MS = 50;

/**
 * The one background process per home: watches every live worker, enforces deadlines, records exits. A fenced lease in
 * the ledger keeps it single; killed at any moment, the next command starts another and nothing is lost. While it hangs,
 * another takes over; when it wakes, the ledger takes nothing more from it, and it ends.
 */
export class HomeWatcher {
  readonly #app: WatchContext;
  readonly #log: WatcherLog;
  readonly #quit: () => void;
  readonly #lease: WatcherLease;
  readonly #config: FollowedConfig;
  readonly #watches: WorkerWatches;
  readonly #deadlines: Deadlines;
  readonly #backlog: Backlog;
  readonly #queue: QueueReactor;
  readonly #retention: Retention;
  readonly #fleet: FleetReactor;
  readonly #memory = new MemoryReturn();
  #live: SessionRow[] = [];
  /** The last event that the watches have received. */
  #position = 0;
  /** Ends the sleep of the current round. */
  #awake = new AbortController();

  /** `quit` ends the process: called if it has lost its lease or its ledger and something still keeps it from ending. */
  constructor(app: AppContext, print: (line: string) => void, quit: () => void = () => {}) {
    this.#log = new WatcherLog(app.env, print);
    this.#lease = new WatcherLease(app, (why) => {
      this.#log.line(`ends: ${why}`);
      this.#awake.abort();
    });
    this.#backlog = new Backlog(
      () => app.given().now,
      (waiting, error) => this.#onBacklog(waiting, error),
    );
    this.#app = { ...app, guard: () => this.#lease.assertMayWrite(), backlog: this.#backlog };
    const on = { log: this.#log.line, fault: this.#log.fault, wake: () => this.#awake.abort() };
    this.#watches = new WorkerWatches(this.#app, on);
    this.#config = new FollowedConfig(this.#app, { ...on, changed: () => this.#onConfig() });
    this.#deadlines = new Deadlines(this.#app, on);
    this.#queue = new QueueReactor(this.#app, on);
    this.#retention = new Retention(this.#app, on);
    this.#fleet = new FleetReactor(this.#app, on);
    this.#quit = quit;
  }

  /** Runs until no worker is alive and nothing is queued, the signal fires, or another watcher takes over. False if one already runs. */
  async run(signal: AbortSignal): Promise<boolean> {
    const claimed = await this.#lease.claim();
    if (claimed === null) return false;
    this.#log.line(`watching as ${claimed}`);
    this.#app.ledger.store.onLockWait = () => this.#lease.beat(this.#backlog.size);
    const check = setInterval(() => this.#check(), CHECK_MS);
    const notifier = new Notifier(this.#app, this.#log.fault);
    this.#config.start();
    const wake = () => this.#awake.abort();
    signal.addEventListener('abort', wake);
    let reason: string | null = null;
    try {
      reason = await this.#watch(signal, notifier);
    } catch (error) {
      reason = redactedMessage(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', wake);
      await this.#config.close();
      const unrecorded = this.#backlog.close();
      if (unrecorded > 0)
        this.#log.line(`${unrecorded} events could not be recorded: the ledger cannot be written`);
      await Promise.all([
        this.#config.applied,
        this.#queue.close(),
        this.#retention.close(),
        this.#fleet.close(),
        this.#deadlines.close(),
      ]);
      await this.#watches.close();
      await notifier.close();
      if (reason !== null) this.#stop(reason);
      clearInterval(check);
      this.#lease.close();
    }
    return true;
  }

  /** Gives a sign of life, or ends this watcher if it has lost its lease or its ledger. */
  #check(): void {
    try {
      if (this.#lease.mayWrite()) this.#lease.beat(this.#backlog.size);
      else setTimeout(this.#quit, QUIT_MS).unref();
      this.#memory.check(monotonic());
    } catch (error) {
      this.#log.fault('check', error);
    }
  }

  /** Releases the lease; does nothing if another watcher has taken over and has recorded that. */
  #stop(reason: string): void {
    if (!this.#lease.mayWrite()) return;
    try {
      this.#release(reason);
    } catch (error) {
      // The next watcher finds that this process is gone.
      if (!isUnwritable(error)) throw error;
      this.#log.fault(`stopped, which could not be recorded (${reason})`, error);
    }
  }

  #release(reason: string): void {
    this.#lease.release(reason);
    this.#log.line(`stopped: ${reason}`);
  }

  #onBacklog(waiting: number, error: unknown): void {
    // While something waits it is tried again and again: a long wait each time would stop the watching.
    this.#app.ledger.store.lockTimeoutMs = waiting > 0 ? SHORT_LOCK_MS : LOCK_TIMEOUT_MS;
    if (error) this.#log.fault('what is seen is kept in memory until the ledger can be written', error);
    else if (waiting === 0) {
      keepReserve(this.#app.paths.ledger);
      this.#log.line('the ledger can be written again; what was seen meanwhile is recorded');
    }
  }

  /** Stops in the same transaction as the check: a spawn in between would rely on a watcher that is about to exit. */
  #leaveIfIdle(): boolean {
    try {
      return this.#app.ledger.store.transaction(() => {
        if (liveSessions(this.#app.ledger).length > 0 || this.#staysFor()) return false;
        this.#release('no worker is alive');
        return true;
      });
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      return false;
    }
  }

  /** Why to stop; null if it has stopped because no worker is alive, or is superseded. */
  async #watch(signal: AbortSignal, notifier: Notifier): Promise<string | null> {
    const { store } = this.#app.ledger;
    this.#position = store.lastPosition();
    await this.#fleet.follow();
    let reconciledAt = Number.NEGATIVE_INFINITY;
    let leaveAt = monotonic() + LINGER_MS;
    while (!signal.aborted) {
      this.#awake = new AbortController();
      const counter = store.changeCounter();
      if (!this.#lease.mayWrite()) return null;
      if (this.#config.isSwitchedOff) return 'switched off in config.yaml';
      await this.#followLog();
      if (!this.#lease.mayWrite()) return null;
      this.#notify(notifier);
      let reconcileAt = reconciledAt + this.#reconcileMs();
      if (monotonic() >= reconcileAt) {
        await reconcile(this.#app, this.#watches.reading()).catch((error) =>
          this.#log.fault('reconcile', error),
        );
        reconciledAt = monotonic();
        reconcileAt = reconciledAt + this.#reconcileMs();
      }
      const deadline = this.#deadlines.enforce(this.#live);
      const queueAt = monotonic() + this.#stepQueue();
      const retentionAt = monotonic() + this.#stepRetention();
      const isIdle = this.#live.length === 0 && !this.#staysFor() && !this.#waits();
      if (!isIdle) leaveAt = monotonic() + LINGER_MS;
      else if (monotonic() >= leaveAt) {
        if (this.#leaveIfIdle()) return null;
        leaveAt = monotonic() + LINGER_MS;
      }
      const fleetAt = monotonic() + this.#fleet.step();
      const times = [reconcileAt, deadline, queueAt, retentionAt, fleetAt];
      const until = Math.min(...times, isIdle ? leaveAt : Number.POSITIVE_INFINITY);
      if (signal.aborted) break;
      await changed(store, counter, this.#awake.signal, { forMs: until - monotonic() });
    }
    return 'asked to stop';
  }

  #reconcileMs(): number {
    const isSettled =
      this.#live.every(({ id, ender_pid }) => ender_pid === null && this.#watches.isReading(id)) &&
      sessionsHandedOver(this.#app.ledger).length === 0;
    return isSettled ? SETTLED_RECONCILE_MS : RECONCILE_MS;
  }

  /** Starts what may start from the queue; returns in how many milliseconds to look again. */
  #stepQueue(): number {
    try {
      return this.#queue.step();
    } catch (error) {
      this.#log.fault('queue', error);
      return RECONCILE_MS;
    }
  }

  /** Applies the retention if it is time; returns in how many milliseconds to look again. */
  #stepRetention(): number {
    const isBusy = this.#queue.isBusy || this.#deadlines.isEnding || this.#waits();
    return this.#retention.step({ live: this.#live, isBusy });
  }

  /** Whether this watcher stays although no worker is alive. */
  #staysFor(): boolean {
    return this.#queue.isBusy || this.#retention.isRunning || this.#fleet.isMember;
  }

  /** Whether something that was seen of a worker has to wait for space on the disk. */
  #waits(): boolean {
    return this.#backlog.size > 0 || this.#watches.waits;
  }

  /** Starts watching workers that have started, passes new events to the others, drops those that have ended. */
  async #followLog(): Promise<void> {
    const { store } = this.#app.ledger;
    const streams = new Set<string>();
    for (const { stream_id, position } of store.read({ from: this.#position + 1 })) {
      streams.add(stream_id);
      this.#position = position;
    }
    this.#watches.catchUp(streams);
    if (streams.has(FLEET_STREAM)) await this.#fleet.follow();
    this.#live = liveSessions(this.#app.ledger);
    await this.#watches.dropEnded(this.#live, (id) => this.#deadlines.forget(id));
    for (const session of this.#live) {
      if (!this.#watches.lacks(session)) continue;
      // Its provider may be newer than the config that this process has read.
      await this.#config.current();
      await this.#watches.begin(session);
    }
  }

  /** Logs a failed notification, so that the workers are still watched. */
  #notify(notifier: Notifier): void {
    try {
      notifier.report();
    } catch (error) {
      this.#log.fault('notify', error);
    }
  }

  #onConfig(): void {
    this.#watches.reload();
    this.#awake.abort();
  }
}
