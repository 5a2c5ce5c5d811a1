import { runnableAgent } from '../../../agents/registry.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { recordUnlessRejected, type WatchContext } from '../../core/record.ts';
import type { WatcherCallbacks } from '../reactors/watcher-callbacks.ts';
import { WorkerWatch } from '../worker/watch-worker.ts';

/** The watches of all live workers. */
export class WorkerWatches {
  readonly #app: WatchContext;
  readonly #on: WatcherCallbacks;
  readonly #watches = new Map<string, WorkerWatch>();
  /** Workers whose terminal has ended, and which another process is ending: it records that. */
  readonly #over = new Set<string>();

  constructor(app: WatchContext, on: WatcherCallbacks) {
    this.#app = app;
    this.#on = on;
  }

  /** The workers whose output is read. */
  reading(): Set<string> {
    return new Set([...this.#watches.values()].flatMap((watch) => (watch.isReading ? [watch.id] : [])));
  }

  isReading(id: string): boolean {
    return this.#watches.get(id)?.isReading ?? false;
  }

  /** Whether a file of a worker has to wait for space on the disk. */
  get waits(): boolean {
    return [...this.#watches.values()].some(({ waits }) => waits);
  }

  /** Whether a worker has started that is not watched yet. */
  lacks({ id, pane_pid, ender_pid }: SessionRow): boolean {
    if (pane_pid === null || this.#watches.has(id)) return false;
    return ender_pid === null || !this.#over.has(id);
  }

  /** Passes what was appended to these streams to the watches of their workers. */
  catchUp(streams: ReadonlySet<string>): void {
    for (const watch of this.#watches.values()) if (streams.has(workerStream(watch.id))) watch.catchUp();
  }

  /** Starts to watch a worker. A fault is logged and recorded: it is tried again with the next change. */
  async begin(session: SessionRow): Promise<void> {
    const { id, provider_id: providerId } = session;
    try {
      const agent = await runnableAgent(this.#app.config, providerId);
      const watch = new WorkerWatch(this.#app, session, agent, {
        fault: (error) => this.#on.fault(id, error),
        end: () => this.#on.wake(),
      });
      this.#watches.set(id, watch);
      await watch.start();
      this.#on.log(`watches ${id} (${providerId})`);
    } catch (error) {
      this.#watches.delete(id);
      this.#on.fault(id, error);
      this.#unwatched(id, error);
    }
  }

  /** Drops the watches of workers, and of earlier runs, that have ended. `onDropped` is called for each. */
  async dropEnded(live: readonly SessionRow[], onDropped: (id: string) => void): Promise<void> {
    const runs = new Map(live.map(({ id, run }) => [id, run]));
    for (const id of this.#over) if (!runs.has(id)) this.#over.delete(id);
    for (const [id, watch] of this.#watches) {
      const isOfEarlierRun = (runs.get(id) ?? watch.run) !== watch.run;
      if (!watch.ended && !isOfEarlierRun) continue;
      this.#watches.delete(id);
      onDropped(id);
      if (watch.ended) this.#over.add(id);
      await watch.close();
      this.#on.log(`${id} has ended`);
    }
  }

  /** Applies the current config and detection rules. */
  reload(): void {
    for (const watch of this.#watches.values())
      watch.reload().catch((error) => this.#on.fault(watch.id, error));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.close()));
  }

  /** Records that a worker cannot be watched, once until it can. */
  #unwatched(id: string, error: unknown): void {
    try {
      recordUnlessRejected(this.#app, id, { kind: 'fail_watch', error: redactedMessage(error) });
    } catch (unrecorded) {
      this.#on.fault(id, unrecorded);
    }
  }
}
