import { setTimeout as sleep } from 'node:timers/promises';
import { AgentPoolError } from '../events/errors.ts';
import { watcherDecider } from '../machines/watcher.ts';
import { liveSessions, type SessionRow } from '../projections/session-queries.ts';
import { identity, isAlive } from '../terminal/processes.ts';
import { redact } from '../workspace/redaction.ts';
import type { House } from './house.ts';
import { reconcile } from './reconcile.ts';
import { recordIfNews } from './record.ts';
import { terminateWorker } from './terminate.ts';
import { WorkerWatch } from './watch-worker.ts';
import { hasStarted } from './watcher-process.ts';

const STREAM = 'watcher';
/** How often the log is looked at: a look costs microseconds. */
const LOOK_MS = 10;
/** How often everything is held against the terminal server, whatever the log says. */
const RECONCILE_MS = 5000;
/** How long a watcher without workers stays: the next spawn often follows soon. */
const LINGER_MS = 3000;

/**
 * The one background process of a home: watches every live worker, enforces deadlines, records exits. Single by a
 * fenced lease in the ledger; killed at any moment, the next command starts another and nothing is lost.
 */
export class HomeWatcher {
  readonly #house: House;
  readonly #say: (line: string) => void;
  readonly #watches = new Map<string, WorkerWatch>();
  /** Workers whose time is up and who are being ended. */
  readonly #overdue = new Set<string>();
  #fence = 0;

  constructor(house: House, say: (line: string) => void) {
    // One that was stopped for long and wakes must not write beside the one that took over.
    const guard = () => {
      if (this.#superseded())
        throw new AgentPoolError('WATCHER_SUPERSEDED', 'Another watcher has taken over.');
    };
    this.#house = { ...house, guard };
    this.#say = say;
  }

  /** Runs until no worker lives, the signal fires, or another watcher has taken over. False when one runs already. */
  async run(signal: AbortSignal): Promise<boolean> {
    if (!this.#claim()) return false;
    let reason = 'no worker lives';
    try {
      await this.#watch(signal);
      if (signal.aborted) reason = 'asked to stop';
    } catch (error) {
      reason = words(error);
      throw error;
    } finally {
      await Promise.all([...this.#watches.values()].map((watch) => watch.close()));
      this.#stop(reason);
    }
    return true;
  }

  #claim(): boolean {
    const self = identity(process.pid);
    if (!self) throw new Error('this process is not in the process table');
    const { ledger, given, actor } = this.#house;
    try {
      ledger.store.transaction(() => {
        const { holder } = ledger.fold(watcherDecider, STREAM);
        const holderIsAlive = holder !== null && isAlive(holder);
        const claim = { kind: 'claim', ...self, holderIsAlive } as const;
        this.#fence = ledger.execute(watcherDecider, STREAM, claim, given(), { actor }).state.fence;
      });
    } catch (error) {
      if (error instanceof AgentPoolError && error.code === 'WATCHER_RUNS') return false;
      throw error;
    }
    hasStarted(this.#house);
    this.#say(`watching as process ${self.pid}, fence ${this.#fence}`);
    return true;
  }

  #stop(reason: string): void {
    this.#say(`stopped: ${reason}`);
    const { ledger, given, actor } = this.#house;
    try {
      ledger.execute(watcherDecider, STREAM, { kind: 'stop', fence: this.#fence, reason }, given(), {
        actor,
      });
    } catch (error) {
      // Superseded: the other one has said what there is to say.
      if (!(error instanceof AgentPoolError) || error.kind !== 'rejected') throw error;
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { store } = this.#house.ledger;
    let seen = -1;
    let reconciled = 0;
    let quietSince = Date.now();
    while (!signal.aborted) {
      const now = Date.now();
      const counter = store.changeCounter();
      if (counter !== seen) {
        if (this.#superseded()) return;
        await this.#follow();
        seen = counter;
      }
      if (now - reconciled > RECONCILE_MS) {
        await reconcile(this.#house);
        reconciled = now;
      }
      const live = liveSessions(this.#house.ledger);
      this.#enforceDeadlines(live);
      if (live.length > 0) quietSince = now;
      else if (now - quietSince > LINGER_MS) return;
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Whether a newer watcher holds the lease. */
  #superseded(): boolean {
    return this.#house.ledger.fold(watcherDecider, STREAM).fence !== this.#fence;
  }

  /** Begins to watch workers that have started, hears what was done to others, lets go of those that have ended. */
  async #follow(): Promise<void> {
    for (const watch of this.#watches.values()) watch.hear();
    for (const session of liveSessions(this.#house.ledger)) {
      if (session.pane_pid !== null && !this.#watches.has(session.id)) await this.#begin(session);
    }
    for (const [id, watch] of this.#watches) {
      if (!watch.ended) continue;
      this.#watches.delete(id);
      await watch.close();
      this.#say(`${id} has ended`);
    }
  }

  async #begin(session: SessionRow): Promise<void> {
    try {
      const watch = new WorkerWatch(this.#house, session);
      this.#watches.set(session.id, watch);
      await watch.start();
      this.#say(`watches ${session.id} (${session.provider_id})`);
    } catch (error) {
      this.#watches.delete(session.id);
      this.#say(`can not watch ${session.id}: ${words(error)}`);
    }
  }

  /** Several may pass at once, and a stubborn worker takes its time to end: none waits for another. */
  #enforceDeadlines(live: readonly SessionRow[]): void {
    const now = new Date().toISOString();
    for (const session of live) {
      if (session.deadline_at === null || session.deadline_at > now || this.#overdue.has(session.id))
        continue;
      this.#overdue.add(session.id);
      recordIfNews(this.#house, session.id, { kind: 'exceed_deadline' });
      this.#say(`${session.id} has run out of time`);
      terminateWorker(this.#house, session).catch((error: unknown) => {
        this.#overdue.delete(session.id);
        this.#say(`can not end ${session.id}: ${words(error)}`);
      });
    }
  }
}

const words = (error: unknown) => redact(error instanceof Error ? error.message : String(error));
