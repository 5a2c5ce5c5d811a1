import { setTimeout as sleep } from 'node:timers/promises';
import { runnableAgent } from '../../agents/registry.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { identity, isAlive } from '../../lib/process/processes.ts';
import { watcherDecider } from '../../machines/watcher/decide.ts';
import { liveSessions, type SessionRow } from '../../projections/sessions/queries.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { reconcile } from '../commands/reconcile.ts';
import type { AppContext } from '../core/context.ts';
import { hasStarted } from '../core/watcher-process.ts';
import { Notifier } from '../notify/notifier.ts';
import { endOverdue } from './deadline.ts';
import { WorkerWatch } from './watch-worker.ts';

const STREAM = 'watcher';
/** How often the log is looked at: a look costs microseconds. */
const POLL_MS = 10;
/** How often everything is held against the terminal server, whatever the log says. */
const RECONCILE_MS = 5000;
/** How long a watcher without workers stays: the next spawn often follows soon. */
const LINGER_MS = 3000;

/**
 * The one background process of a home: watches every live worker, enforces deadlines, records exits. Single by a
 * fenced lease in the ledger; killed at any moment, the next command starts another and nothing is lost.
 */
export class HomeWatcher {
  readonly #app: AppContext;
  readonly #say: (line: string) => void;
  readonly #watches = new Map<string, WorkerWatch>();
  /** Workers whose time has run out, while they are being ended. */
  readonly #ending = new Map<string, Promise<void>>();
  #notifier: Notifier | null = null;
  #fence = 0;

  constructor(app: AppContext, say: (line: string) => void) {
    // One that was stopped for long and wakes must not write beside the one that took over.
    const guard = () => {
      if (this.#superseded())
        throw new AgentPoolError('WATCHER_SUPERSEDED', 'Another watcher has taken over.');
    };
    this.#app = { ...app, guard };
    this.#say = say;
  }

  /** Runs until no worker lives, the signal fires, or another watcher has taken over. False when one runs already. */
  async run(signal: AbortSignal): Promise<boolean> {
    if (!this.#claim()) return false;
    this.#notifier = new Notifier(this.#app, (what, error) => this.#fault(what, error));
    let reason: string | null = 'asked to stop';
    try {
      if (await this.#watch(signal)) reason = null;
    } catch (error) {
      reason = wordsOf(error);
      throw error;
    } finally {
      await Promise.all(this.#ending.values());
      await Promise.all([...this.#watches.values()].map((watch) => watch.close()));
      await this.#notifier.close();
      if (reason !== null) this.#stop(reason);
    }
    return true;
  }

  #claim(): boolean {
    const self = identity(process.pid);
    if (!self) throw new Error('this process is not in the process table');
    const { ledger, given, actor } = this.#app;
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
    hasStarted(this.#app);
    this.#say(`watching as process ${self.pid}, fence ${this.#fence}`);
    return true;
  }

  /** Gives the lease back; nothing where another watcher has taken over: that one has said what there is to say. */
  #stop(reason: string): void {
    if (this.#superseded()) return;
    const { ledger, given, actor } = this.#app;
    ledger.execute(watcherDecider, STREAM, { kind: 'stop', fence: this.#fence, reason }, given(), { actor });
    this.#say(`stopped: ${reason}`);
  }

  /** In one transaction: a spawn that comes in between would trust in a watcher that is about to leave. */
  #leaveIfIdle(): boolean {
    return this.#app.ledger.store.transaction(() => {
      if (liveSessions(this.#app.ledger).length > 0) return false;
      this.#stop('no worker lives');
      return true;
    });
  }

  /** True when it has left because no worker lives; false when it was asked to, or superseded. */
  async #watch(signal: AbortSignal): Promise<boolean> {
    const { store } = this.#app.ledger;
    let seen = -1;
    let reconciled = 0;
    let quietSince = Date.now();
    while (!signal.aborted) {
      const now = Date.now();
      const counter = store.changeCounter();
      const isTime = now - reconciled > RECONCILE_MS;
      if (counter !== seen || isTime) {
        if (this.#superseded()) return false;
        await this.#follow();
        this.#report();
        seen = counter;
      }
      if (isTime) {
        await reconcile(this.#app).catch((error) => this.#fault('reconcile', error));
        reconciled = now;
      }
      const live = liveSessions(this.#app.ledger);
      this.#enforceDeadlines(live);
      if (live.length > 0) quietSince = now;
      else if (now - quietSince > LINGER_MS && this.#leaveIfIdle()) return true;
      await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    }
    return false;
  }

  /** Whether a newer watcher holds the lease. */
  #superseded(): boolean {
    return this.#app.ledger.fold(watcherDecider, STREAM).fence !== this.#fence;
  }

  /** Begins to watch workers that have started, hears what was done to others, lets go of those that have ended. */
  async #follow(): Promise<void> {
    for (const watch of this.#watches.values()) watch.onAppended();
    for (const session of liveSessions(this.#app.ledger)) {
      if (session.pane_pid !== null && !this.#watches.has(session.id)) await this.#begin(session);
    }
    for (const [id, watch] of this.#watches) {
      if (!watch.ended) continue;
      this.#watches.delete(id);
      await watch.close();
      this.#say(`${id} has ended`);
    }
  }

  /** Nobody's wish to be told may keep a worker from being watched. */
  #report(): void {
    try {
      this.#notifier?.report();
    } catch (error) {
      this.#fault('notify', error);
    }
  }

  async #begin(session: SessionRow): Promise<void> {
    try {
      const agent = await runnableAgent(this.#app.config, session.provider_id);
      const watch = new WorkerWatch(this.#app, session, agent, (error) => this.#fault(session.id, error));
      this.#watches.set(session.id, watch);
      await watch.start();
      this.#say(`watches ${session.id} (${session.provider_id})`);
    } catch (error) {
      // Tried again with the next reconcile.
      this.#watches.delete(session.id);
      this.#fault(session.id, error);
    }
  }

  /** Several may pass at once, and a stubborn worker takes its time to end: none waits for another. */
  #enforceDeadlines(live: readonly SessionRow[]): void {
    const now = new Date().toISOString();
    for (const session of live) {
      const { id, deadline_at, ender_pid } = session;
      const isBeingEnded = this.#ending.has(id) || (ender_pid !== null && ender_pid !== process.pid);
      if (deadline_at === null || deadline_at > now || isBeingEnded) continue;
      this.#say(`${id} has run out of time`);
      this.#ending.set(id, this.#end(session));
    }
  }

  async #end(session: SessionRow): Promise<void> {
    try {
      await endOverdue(this.#app, session);
    } catch (error) {
      this.#fault(session.id, error);
      await sleep(RECONCILE_MS);
    }
    this.#ending.delete(session.id);
  }

  #fault(what: string, error: unknown): void {
    this.#say(`${what}: ${wordsOf(error)}`);
  }
}

const wordsOf = (error: unknown): string => redact(error instanceof Error ? error.message : String(error));
