import { setTimeout as sleep } from 'node:timers/promises';
import { runnableAgent } from '../../agents/registry.ts';
import { CommandRejected } from '../../events/decider.ts';
import { changed } from '../../events/store/follow.ts';
import { AgentPoolError, debugTrace, errorMessage } from '../../lib/errors.ts';
import { FollowedFiles } from '../../lib/files/followed-files.ts';
import { identity, isAlive } from '../../lib/process/processes.ts';
import { type Watcher, type WatcherCommand, watcherDecider } from '../../machines/watcher/decide.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { StreamState } from '../../projections/projector/stream-state.ts';
import { liveSessions, type SessionRow } from '../../projections/sessions/queries.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { reconcile } from '../commands/reconcile.ts';
import { terminateOverdue } from '../commands/terminate.ts';
import { type AppContext, reloadConfig } from '../core/context.ts';
import { hasStarted } from '../core/watcher-process.ts';
import { Notifier } from '../notify/notifier.ts';
import { WorkerWatch } from './watch-worker.ts';

const STREAM = 'watcher';
/** How often the ledger is compared with the terminal server, whatever the log says, in milliseconds. */
const RECONCILE_MS = 5000;
/** How long a watcher without workers stays, in milliseconds: the next spawn often follows soon. */
const LINGER_MS = 3000;
/** How often to check for a detectors folder that is created later, and for changes to files that cannot be watched. */
const CONFIG_POLL_MS = 1000;

/**
 * The one background process per home: watches every live worker, enforces deadlines, records exits. A fenced lease in
 * the ledger keeps it single; killed at any moment, the next command starts another and nothing is lost.
 */
export class HomeWatcher {
  readonly #app: AppContext;
  readonly #log: (line: string) => void;
  readonly #lease: StreamState<Watcher, WatcherCommand>;
  readonly #watches = new Map<string, WorkerWatch>();
  /** Workers past their deadline that are being ended. */
  readonly #overdue = new Map<string, Promise<void>>();
  #live: SessionRow[] = [];
  /** The last event that the watches have received. */
  #position = 0;
  #fence = 0;
  /** Ends the sleep of the current round. */
  #awake = new AbortController();
  /** Whether the config let the watcher run when this one started: `watcher run` may also be typed by a person. */
  readonly #isEnabled: boolean;
  #switchedOff = false;
  #reloading: Promise<void> = Promise.resolve();

  constructor(app: AppContext, log: (line: string) => void) {
    this.#lease = new StreamState(app.ledger, watcherDecider, STREAM);
    // A process that was suspended for long and wakes must not write beside the one that took over.
    const guard = () => {
      if (!this.#superseded()) return;
      const message = 'Another watcher has taken over.';
      throw new CommandRejected({ code: 'WATCHER_SUPERSEDED', message, details: {} });
    };
    this.#app = { ...app, guard };
    this.#log = log;
    this.#isEnabled = app.config.watcher.enabled;
  }

  /** Runs until no worker is alive, the signal fires, or another watcher takes over. False if one already runs. */
  async run(signal: AbortSignal): Promise<boolean> {
    if (!this.#claim()) return false;
    const notifier = new Notifier(this.#app, (what, error) => this.#fault(what, error));
    const config = this.#followConfig();
    const wake = () => this.#awake.abort();
    signal.addEventListener('abort', wake);
    let reason: string | null = null;
    try {
      reason = await this.#watch(signal, notifier, config);
    } catch (error) {
      reason = wordsOf(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', wake);
      await config.close();
      await Promise.all([this.#reloading, ...this.#overdue.values()]);
      await Promise.all([...this.#watches.values()].map((watch) => watch.close()));
      await notifier.close();
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
    this.#log(`watching as process ${self.pid}, fence ${this.#fence}`);
    return true;
  }

  /** Releases the lease; does nothing if another watcher has taken over and has recorded that. */
  #stop(reason: string): void {
    if (this.#superseded()) return;
    const { ledger, given, actor } = this.#app;
    ledger.execute(watcherDecider, STREAM, { kind: 'stop', fence: this.#fence, reason }, given(), { actor });
    this.#log(`stopped: ${reason}`);
  }

  /** Stops in the same transaction as the check: a spawn in between would rely on a watcher that is about to exit. */
  #leaveIfIdle(): boolean {
    return this.#app.ledger.store.transaction(() => {
      if (liveSessions(this.#app.ledger).length > 0) return false;
      this.#stop('no worker is alive');
      return true;
    });
  }

  /** Why to stop; null if it has stopped because no worker is alive, or is superseded. */
  async #watch(signal: AbortSignal, notifier: Notifier, config: FollowedFiles): Promise<string | null> {
    const { store } = this.#app.ledger;
    this.#position = store.lastPosition();
    let reconcileAt = 0;
    let leaveAt = Date.now() + LINGER_MS;
    while (!signal.aborted) {
      this.#awake = new AbortController();
      const counter = store.changeCounter();
      if (this.#superseded()) return null;
      if (this.#switchedOff) return 'switched off in config.yaml';
      await this.#followLog(config);
      this.#notify(notifier);
      if (Date.now() >= reconcileAt) {
        await reconcile(this.#app).catch((error) => this.#fault('reconcile', error));
        reconcileAt = Date.now() + RECONCILE_MS;
      }
      const deadline = this.#enforceDeadlines();
      const isIdle = this.#live.length === 0;
      if (!isIdle) leaveAt = Date.now() + LINGER_MS;
      else if (Date.now() >= leaveAt && this.#leaveIfIdle()) return null;
      const until = Math.min(reconcileAt, deadline, isIdle ? leaveAt : Number.POSITIVE_INFINITY);
      if (signal.aborted) break;
      await changed(store, counter, this.#awake.signal, { forMs: until - Date.now() });
    }
    return 'asked to stop';
  }

  /** Whether a newer watcher holds the lease. */
  #superseded(): boolean {
    return this.#lease.catchUp().fence !== this.#fence;
  }

  /** Starts watching workers that have started, passes new events to the others, drops those that have ended. */
  async #followLog(config: FollowedFiles): Promise<void> {
    const { store } = this.#app.ledger;
    const streams = new Set<string>();
    for (const { stream_id, position } of store.read({ from: this.#position + 1 })) {
      streams.add(stream_id);
      this.#position = position;
    }
    for (const watch of this.#watches.values()) if (streams.has(workerStream(watch.id))) watch.catchUp();
    this.#live = liveSessions(this.#app.ledger);
    for (const session of this.#live) {
      if (session.pane_pid === null || this.#watches.has(session.id)) continue;
      // Its provider may be newer than the config that this process has read.
      config.compare();
      await this.#reloading;
      await this.#begin(session);
    }
    for (const [id, watch] of this.#watches) {
      if (!watch.ended) continue;
      this.#watches.delete(id);
      await watch.close();
      this.#log(`${id} has ended`);
    }
  }

  /** Logs a failed notification, so that the workers are still watched. */
  #notify(notifier: Notifier): void {
    try {
      notifier.report();
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
      this.#log(`watches ${session.id} (${session.provider_id})`);
    } catch (error) {
      // Tried again with the next change, or the next reconcile.
      this.#watches.delete(session.id);
      this.#fault(session.id, error);
    }
  }

  /** Applies config.yaml and the user's detection rules again whenever they change. */
  #followConfig(): FollowedFiles {
    const { path, paths } = this.#app;
    const apply = (onApplied: (problem: AgentPoolError | null) => void) => {
      const applying = this.#reloading.then(() => this.#applyConfig()).then(onApplied);
      this.#reloading = applying.catch((error) => this.#fault('config', error));
    };
    const files = new FollowedFiles(() => apply((problem) => this.#onConfig(problem)), {
      pollMs: CONFIG_POLL_MS,
    });
    files.add(path);
    files.add(paths.detectors);
    // It may have changed after this process read it and before it was followed.
    apply(() => {});
    return files;
  }

  async #applyConfig(): Promise<AgentPoolError | null> {
    const problem = await reloadConfig(this.#app);
    this.#switchedOff = this.#isEnabled && !this.#app.config.watcher.enabled;
    return problem;
  }

  #onConfig(problem: AgentPoolError | null): void {
    if (problem) this.#fault('config, the last valid one stays in force', problem);
    else this.#log('config and detection rules read again');
    for (const watch of this.#watches.values()) watch.reload().catch((error) => this.#fault(watch.id, error));
    this.#awake.abort();
  }

  /** Ends workers past their deadline, in parallel; returns the next deadline, in milliseconds since 1970. */
  #enforceDeadlines(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const session of this.#live) {
      const { id, deadline_at, ender_pid } = session;
      const isBeingEnded = this.#overdue.has(id) || (ender_pid !== null && ender_pid !== process.pid);
      if (deadline_at === null || isBeingEnded) continue;
      const deadline = Date.parse(deadline_at);
      if (deadline > Date.now()) {
        next = Math.min(next, deadline);
        continue;
      }
      this.#log(`${id} has exceeded its deadline`);
      this.#overdue.set(id, this.#end(session));
    }
    return next;
  }

  async #end(session: SessionRow): Promise<void> {
    try {
      await terminateOverdue(this.#app, session);
    } catch (error) {
      this.#fault(session.id, error);
      await sleep(RECONCILE_MS);
    }
    this.#overdue.delete(session.id);
  }

  #fault(what: string, error: unknown): void {
    this.#log(`${what}: ${wordsOf(error)}`);
    const trace = redact(debugTrace(error, this.#app.env));
    if (trace) this.#log(trace.trimEnd());
  }
}

const wordsOf = (error: unknown): string => redact(errorMessage(error));
