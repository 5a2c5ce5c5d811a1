import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { terminateOverdue } from '../../commands/ending/terminate.ts';
import type { WatchContext } from '../../core/record.ts';
import { deadlineOf } from './deadline.ts';
import type { WatcherCallbacks } from './watcher-callbacks.ts';

/** How long to wait after a worker could not be ended, in milliseconds. */
const AGAIN_MS = 5000;

/** Ends the workers whose time is up. */
export class Deadlines {
  readonly #app: WatchContext;
  readonly #on: WatcherCallbacks;
  /** Workers past their deadline that are being ended. */
  readonly #overdue = new Map<string, Promise<void>>();
  /** When the time of each worker is up, by the monotonic clock. */
  readonly #known = new Map<string, number | null>();
  readonly #closing = new AbortController();

  constructor(app: WatchContext, on: WatcherCallbacks) {
    this.#app = app;
    this.#on = on;
  }

  /** Whether a worker is being ended. */
  get isEnding(): boolean {
    return this.#overdue.size > 0;
  }

  /** Ends those past their deadline, in parallel; returns the next deadline, by the monotonic clock. */
  enforce(live: readonly SessionRow[]): number {
    let next = Number.POSITIVE_INFINITY;
    for (const session of live) {
      const { id, ender_pid } = session;
      const isBeingEnded = this.#overdue.has(id) || (ender_pid !== null && ender_pid !== process.pid);
      const deadline = this.#of(session);
      if (deadline === null || isBeingEnded) continue;
      if (deadline > monotonic()) {
        next = Math.min(next, deadline);
        continue;
      }
      this.#on.log(`${id} has exceeded its deadline`);
      this.#overdue.set(id, this.#end(session));
    }
    return next;
  }

  /** The worker has ended. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  /** What is being ended is ended first. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#overdue.values());
  }

  #of(session: SessionRow): number | null {
    const known = this.#known.get(session.id);
    if (known !== undefined) return known;
    const deadline = deadlineOf(session);
    // The age of its process is only known once it has started.
    if (session.pane_pid !== null) this.#known.set(session.id, deadline);
    return deadline;
  }

  async #end(session: SessionRow): Promise<void> {
    try {
      await terminateOverdue(this.#app, session);
    } catch (error) {
      this.#on.fault(session.id, error);
      await sleep(AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
    this.#overdue.delete(session.id);
  }
}
