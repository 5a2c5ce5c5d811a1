import { changed } from '../../events/store/follow.ts';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import {
  countWorking,
  liveSessions,
  type SessionRow,
  sessionsOfBatch,
} from '../../projections/sessions/queries.ts';
import { reconcileIfNeeded } from '../commands/reconcile.ts';
import { type SpawnOptions, spawnWorker } from '../commands/spawning/spawn.ts';
import type { AppContext } from '../core/context.ts';
import { isByLimit } from '../core/requests/refused-spawns.ts';
import { sessionNamed } from '../core/sessions/named-session.ts';
import { type QueueTimes, spawnOrQueue } from '../queue/request.ts';
import { watchHere } from '../watch/in-process/watch-in-process.ts';
import { finishRun } from '../watch/run/run.ts';
import { planNext, type Standing } from './decide.ts';
import type { Batch, BatchTask } from './read.ts';
import { type MarkedSession, newestOfTasks, progressOf, type TaskProgress } from './standing.ts';

/** How often a run checks that a watcher runs, in milliseconds. */
const RECONCILE_MS = 1000;

/** A task and what is known of it. */
export interface TaskNow {
  task: BatchTask;
  standing: Standing;
  session: SessionRow | null;
  progress: TaskProgress | null;
  /** Why no worker was started, or why its work was not collected. */
  fault: string | null;
  /** Its worker was started when the file was run before. */
  isEarlier: boolean;
  /** The task was changed in the file since. */
  isChanged: boolean;
}

export interface BatchOptions {
  keep: boolean;
  retryFailed: boolean;
  /** Ends the run; the workers go on. */
  signal: AbortSignal;
  onChange(tasks: readonly TaskNow[]): void;
}

/** The workers of a tasks file: starts what may start, waits, collects what has ended, until nothing more happens. */
export class BatchRun {
  readonly #app: AppContext;
  readonly #batch: Batch;
  readonly #options: BatchOptions;
  /** Positions of requests after this one are of this run. */
  readonly #begun: number;
  /** The position of the first worker of the file: the many before it need not be looked at again. */
  readonly #first: number;
  /** By the name of the task: why no worker was started in this run. */
  readonly #refused = new Map<string, { exit: 'limit' | 'not_started'; reason: string }>();
  /** By the id of the session: why its work was not collected. */
  readonly #uncollected = new Map<string, string>();
  readonly #cache = new Map<string, { version: number; progress: TaskProgress }>();
  readonly #watches = new Map<string, { close(): Promise<void> }>();
  #starting: BatchTask | null = null;
  #collecting: string | null = null;
  /** What was begun and has not ended. */
  readonly #underWay = new Set<Promise<void>>();
  #wake = new AbortController();

  constructor(app: AppContext, batch: Batch, options: BatchOptions) {
    this.#app = app;
    this.#batch = batch;
    this.#options = options;
    this.#begun = app.ledger.store.lastPosition();
    this.#first = sessionsOfBatch(app.ledger, batch.file)[0]?.position ?? this.#begun;
  }

  /** Returns the tasks as they are when nothing more happens by itself, or when the signal has fired. */
  async run(): Promise<TaskNow[]> {
    const { signal } = this.#options;
    const onAbort = () => this.#wake.abort();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const { store } = this.#app.ledger;
        const counter = store.changeCounter();
        this.#wake = new AbortController();
        if (signal.aborted) break;
        const tasks = this.now();
        this.#options.onChange(tasks);
        if (this.#goOn(tasks)) break;
        await changed(store, counter, this.#wake.signal, { forMs: RECONCILE_MS });
        await reconcileIfNeeded(this.#app);
      }
      // What was begun is not left half done; each can be killed at any moment, and is then finished by the next run.
      await Promise.all(this.#underWay);
      return this.now();
    } finally {
      signal.removeEventListener('abort', onAbort);
      await Promise.all([...this.#watches.values()].map((watch) => watch.close()));
    }
  }

  /** The tasks as of now. */
  now(): TaskNow[] {
    const newest = this.#newest();
    return this.#batch.tasks.map((task) => {
      const { session, mark } = newest.get(task.name) ?? { session: null, mark: null };
      const progress = session && this.#progressOf(session);
      const isEarlier = session !== null && session.position <= this.#begun;
      return {
        task,
        session,
        progress,
        standing: this.#standingOf(task, session, progress),
        fault:
          this.#refused.get(task.name)?.reason ?? (session && (this.#uncollected.get(session.id) ?? null)),
        isEarlier,
        isChanged: mark !== null && mark.sha256 !== task.sha256,
      };
    });
  }

  #newest(): Map<string, MarkedSession> {
    return newestOfTasks(this.#app, this.#batch.file, this.#first);
  }

  #progressOf(session: SessionRow): TaskProgress {
    const known = this.#cache.get(session.id);
    if (known?.version === session.version) return known.progress;
    const progress = progressOf(this.#app, session, this.#options.keep);
    this.#cache.set(session.id, { version: session.version, progress });
    return progress;
  }

  #standingOf({ name }: BatchTask, session: SessionRow | null, progress: TaskProgress | null): Standing {
    if (this.#starting?.name === name) return { kind: 'working' };
    const refused = this.#refused.get(name);
    if (refused) return { kind: 'done', exit: refused.exit };
    // A worker that never ran has done nothing: another run of the file starts the task again.
    if (!session || !progress) return { kind: 'open' };
    const { standing } = progress;
    const isEarlier = session.position <= this.#begun;
    if (!standing) return isEarlier ? { kind: 'open' } : { kind: 'done', exit: 'not_started' };
    if (standing.kind === 'ending' && this.#uncollected.has(session.id))
      return { kind: 'done', exit: standing.exit };
    const hasFailed = standing.kind === 'done' && standing.exit !== 'completed';
    return hasFailed && isEarlier && this.#options.retryFailed ? { kind: 'open' } : standing;
  }

  /** Begins what is to be done next. Returns whether the run is over. */
  #goOn(tasks: readonly TaskNow[]): boolean {
    const { config, ledger, coordinator } = this.#app;
    const own = new Set(tasks.map(({ session }) => session?.id));
    const { start, collect, isOver } = planNext(
      tasks.map(({ task, session, standing }) => ({
        name: task.name,
        // After a handover, another provider's.
        provider: standing.kind === 'working' && session ? session.provider_id : task.request.provider,
        standing,
      })),
      {
        parallel: this.#batch.parallel,
        places: config.policy.max_parallel_sessions - countWorking(ledger, coordinator),
        othersWork: liveSessions(ledger).some(({ id, state }) => !own.has(id) && AT_WORK.has(state)),
      },
    );
    for (const { task, session } of tasks) {
      // One at a time: two spawns in one repository wait for each other anyway.
      if (task.name === start[0] && !this.#starting) this.#begin(this.#start(task, session));
      if (task.name === collect[0] && session && !this.#collecting) this.#begin(this.#collect(session));
      if (session?.alive && !this.#watches.has(session.id)) this.#begin(this.#watch(session));
    }
    if (isOver) for (const { task, standing } of tasks) if (standing.kind === 'open') this.#noPlace(task);
    return isOver;
  }

  #begin(work: Promise<void>): void {
    this.#underWay.add(work);
    // An error of it ends the run.
    void work.then(
      () => this.#underWay.delete(work),
      () => this.#wake.abort(),
    );
  }

  #noPlace({ name }: BatchTask): void {
    const { max_parallel_sessions } = this.#app.config.policy;
    const reason = `policy.max_parallel_sessions is ${max_parallel_sessions}, and workers that wait for an answer take every place. Answer them, or raise it.`;
    this.#refused.set(name, { exit: 'not_started', reason });
  }

  async #start(task: BatchTask, before: SessionRow | null): Promise<void> {
    const { file } = this.#batch;
    const batch = { file, task: task.name, sha256: task.sha256 };
    const isWanted = () => {
      const newest = this.#newest().get(task.name)?.session;
      if (newest?.id !== before?.id) throw startedElsewhere(task.name);
    };
    this.#starting = task;
    try {
      const request = { ...task.request, metadata: { batch } };
      if (request.onLimit && request.onLimit.action !== 'stop')
        await spawnOrQueue(this.#app, request, this.#times(request), { isWanted });
      else await spawnWorker(this.#app, request, { isWanted });
    } catch (error) {
      if (!isFull(error) && !isElsewhere(error))
        this.#refused.set(task.name, {
          exit: isByLimit(error) ? 'limit' : 'not_started',
          reason: errorMessage(error),
        });
    } finally {
      this.#starting = null;
      this.#wake.abort();
    }
  }

  #times({ onLimit }: SpawnOptions): QueueTimes {
    const seconds = onLimit?.wait_at_most_seconds ?? null;
    const expiresAt = seconds === null ? null : new Date(this.#app.given().now.getTime() + seconds * 1000);
    return { notBefore: null, expiresAt };
  }

  async #collect({ id }: SessionRow): Promise<void> {
    this.#collecting = id;
    try {
      const session = sessionNamed(this.#app, id);
      const { standing } = progressOf(this.#app, session, this.#options.keep);
      if (standing?.kind === 'ending')
        await finishRun(this.#app, session, standing.exit, { detail: 'summary', keep: this.#options.keep });
    } catch (error) {
      this.#uncollected.set(id, `its work was not collected: ${errorMessage(error)}`);
    } finally {
      this.#collecting = null;
      this.#wake.abort();
    }
  }

  /** Where the watcher is switched off, this process watches. */
  async #watch(session: SessionRow): Promise<void> {
    if (this.#app.config.watcher.enabled || session.pane_pid === null) return;
    this.#watches.set(session.id, { close: async () => {} });
    const watch = await watchHere(this.#app, session);
    if (watch) this.#watches.set(session.id, watch);
  }
}

/** The states of a worker that will end without anyone's help. */
const AT_WORK: ReadonlySet<string> = new Set(['STARTING', 'READY', 'RUNNING']);

const isFull = (error: unknown): boolean =>
  error instanceof AgentPoolError && error.details.policy === 'max_parallel_sessions';

const isElsewhere = (error: unknown): boolean =>
  error instanceof AgentPoolError && error.code === 'TASK_STARTED_ELSEWHERE';

const startedElsewhere = (name: string) =>
  new AgentPoolError('TASK_STARTED_ELSEWHERE', `Another process has started a worker for the task ${name}.`);
