import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { CommandRejected } from '../../events/decider.ts';
import { leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { workerDecider } from '../../machines/worker/decide.ts';
import { type Worker, workerStream } from '../../machines/worker/state.ts';
import { repositoriesLeasedBy } from '../../projections/leases/queries.ts';
import { StreamState } from '../../projections/projector/stream-state.ts';
import { redactDeep } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from './context.ts';
import { removeLaunchFiles } from './launch-folder.ts';

const ENDS = new Set(['worker.spawn_failed', 'worker.exited', 'worker.lost', 'worker.terminated']);

/**
 * Decides on a command for a worker and appends the events, with the caller's notes. If they end the worker, its
 * leases and launch files are removed.
 * @throws the decider's rejection.
 */
export function record(
  app: AppContext,
  id: string,
  command: WorkerCommand,
  notes: Record<string, unknown> = {},
): LedgerEvent[] {
  const options = { actor: app.actor, correlationId: id, metadata: redactDeep(notes) };
  const events = app.ledger.store.transaction(() =>
    guarded(app, id, () => {
      return app.ledger.execute(workerDecider, workerStream(id), command, app.given(), options).events;
    }),
  );
  if (endsWorker(events)) removeLaunchFiles(app, id);
  return events;
}

/** Appends if this process may still write, and releases the leases of a worker that ends. Runs in a transaction. */
function guarded(app: AppContext, id: string, append: () => LedgerEvent[]): LedgerEvent[] {
  app.guard?.();
  const events = append();
  if (endsWorker(events)) releaseLeases(app, id);
  return events;
}

const endsWorker = (events: readonly LedgerEvent[]): boolean => events.some(({ type }) => ENDS.has(type));

/** A worker whose state this process keeps in memory, because it decides on every frame of its screen. */
export class WorkerStream {
  readonly #app: AppContext;
  readonly #id: string;
  readonly #stream: StreamState<Worker, WorkerCommand>;

  /** Reads nothing yet. `onEvent` gets each of the worker's events once, whichever process appended it. */
  constructor(app: AppContext, id: string, onEvent: (event: LedgerEvent) => void) {
    this.#app = app;
    this.#id = id;
    this.#stream = new StreamState(app.ledger, workerDecider, workerStream(id), onEvent);
  }

  /** The worker as of now; reads only the new events. */
  catchUp(): Worker {
    return this.#stream.catchUp();
  }

  /** Does the same as `recordUnlessRejected` without reading the worker's past again. */
  recordUnlessRejected(command: WorkerCommand): LedgerEvent[] | null {
    const app = this.#app;
    const options = { actor: app.actor, correlationId: this.#id };
    return unlessRejected(() => {
      const events = this.#stream.execute(command, app.given(), options, (append) =>
        guarded(app, this.#id, append),
      );
      if (endsWorker(events)) removeLaunchFiles(app, this.#id);
      return events;
    });
  }
}

/** Null on a rejection, which here only means that another process was faster or that nothing has changed. */
export const recordUnlessRejected = (...what: Parameters<typeof record>): LedgerEvent[] | null =>
  unlessRejected(() => record(...what));

/** Returns what `append` returns; null if the decider rejects it. */
export function unlessRejected<T>(append: () => T): T | null {
  try {
    return append();
  } catch (error) {
    if (error instanceof CommandRejected) return null;
    throw error;
  }
}

/** A worker as its decider sees it now. */
export const workerOf = (app: AppContext, id: string): Worker =>
  app.ledger.fold(workerDecider, workerStream(id));

function releaseLeases({ ledger, given, actor }: AppContext, sessionId: string): void {
  for (const repo_path of repositoriesLeasedBy(ledger, sessionId)) {
    const command = { kind: 'release_session', sessionId, reason: 'the session ended' } as const;
    ledger.execute(leaseDecider, leaseStream(repo_path), command, given(), {
      actor,
      correlationId: sessionId,
    });
  }
}
