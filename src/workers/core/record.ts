import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { CommandRejected, rejected } from '../../events/decider.ts';
import { spendReserve } from '../../events/store/reserve.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { workerDecider } from '../../machines/worker/decide.ts';
import { type Worker, workerStream } from '../../machines/worker/state.ts';
import { repositoriesLeasedBy } from '../../projections/leases/queries.ts';
import type { Append } from '../../projections/projector/ledger.ts';
import { StreamState } from '../../projections/projector/stream-state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { redactDeep } from '../../workspace/redaction/redaction.ts';
import type { Backlog } from './backlog.ts';
import type { AppContext } from './context.ts';
import { removeLaunchFiles } from './launch-folder.ts';

const ENDS = new Set([
  'worker.spawn_failed',
  'worker.resume_failed',
  'worker.exited',
  'worker.lost',
  'worker.terminated',
]);

/**
 * Decides on a command for a worker and appends the events, with the caller's notes. If they end the worker, its
 * leases and launch files are removed. `at` is when it happened, if that was earlier.
 * @throws the decider's rejection.
 */
export function record(
  app: AppContext,
  id: string,
  command: WorkerCommand,
  notes: Record<string, unknown> = {},
  at?: Date,
): LedgerEvent[] {
  const options = { ...optionsOf(app, id, at), metadata: redactDeep({ ...notes, ...app.cause?.notes }) };
  const guard = (append: Append) => guarded(app, id, append);
  const { events } = app.ledger.execute(
    workerDecider,
    workerStream(id),
    command,
    givenAt(app, at),
    options,
    guard,
  );
  if (endsWorker(events)) removeLaunchFiles(app, id);
  return events;
}

/**
 * Records the outcome of something that was done after its intent was recorded. A full disk must not leave it without:
 * there is some space for it.
 */
export function recordOutcome(...what: Parameters<typeof record>): LedgerEvent[] {
  try {
    return record(...what);
  } catch (error) {
    const isFull = error instanceof AgentPoolError && error.code === 'LEDGER_DISK_FULL';
    if (!isFull || !spendReserve(what[0].paths.ledger)) throw error;
    return record(...what);
  }
}

const optionsOf = ({ actor, cause }: AppContext, id: string, at?: Date) => ({
  actor,
  correlationId: id,
  ...(cause ? { causationId: cause.eventId } : {}),
  ...(at ? { occurredAt: at.toISOString() } : {}),
});

const givenAt = (app: AppContext, at?: Date) => (at ? { ...app.given(), now: at } : app.given());

/** Appends if this process may still write, and releases the leases of a worker that ends. Runs in a transaction. */
function guarded(app: AppContext, id: string, append: Append): void {
  app.guard?.();
  const events = append();
  if (events.some(({ type }) => ENDS.has(type) || type === 'worker.handover_failed')) freeLeases(app, id);
}

const endsWorker = (events: readonly LedgerEvent[]): boolean => events.some(({ type }) => ENDS.has(type));

/** A process that watches workers: what the ledger cannot take is kept until it can. */
export type WatchContext = AppContext & { backlog: Backlog };

/** Records what was seen of a worker, at once or as soon as the ledger takes it. A rejection only means that it is old. */
export function recordOrKeep(app: WatchContext, id: string, command: WorkerCommand): void {
  const run = (at?: Date) => void recordUnlessRejected(app, id, command, {}, at);
  app.backlog.append({ about: { worker: id, command }, run });
}

/** What only says how the worker's screen looked: it says nothing about a turn that began later. */
const IS_LOOK: ReadonlySet<WorkerCommand['kind']> = new Set([
  'observe',
  'warn_limit',
  'warn_retry',
  'recover',
  'omit_observations',
  'park',
]);

/** A worker whose state this process keeps in memory, because it decides on every frame of its screen. */
export class WorkerStream {
  readonly #app: WatchContext;
  readonly #id: string;
  readonly #stream: StreamState<Worker, WorkerCommand>;
  /** How often the worker was given something. */
  #given = 0;

  /** Reads nothing yet. `onEvent` gets each of the worker's events once, whichever process appended it. */
  constructor(
    app: WatchContext,
    { id, run }: Pick<SessionRow, 'id' | 'run'>,
    onEvent: (event: LedgerEvent) => void,
  ) {
    this.#app = app;
    this.#id = id;
    this.#stream = new StreamState(app.ledger, deciderOfRun(run), workerStream(id), (event) => {
      if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') this.#given += 1;
      onEvent(event);
    });
  }

  /** The worker as of now; reads only the new events. What waits for the ledger counts as if it were appended. */
  catchUp(): Worker {
    const waiting = this.#app.backlog.of(this.#id);
    return waiting.reduce(
      (worker, { command, at }) => foreseen(this.#app, worker, command, at)?.worker ?? worker,
      this.#stream.catchUp(),
    );
  }

  /**
   * Does the same as `recordUnlessRejected` without reading the worker's past again. If the ledger cannot be written, the
   * command is kept until it can, and the events are those that it will give.
   */
  recordUnlessRejected(command: WorkerCommand): LedgerEvent[] | null {
    const app = this.#app;
    const before = app.backlog.size;
    // Decided now: as soon as it waits, it counts as if it were appended.
    const ahead = before > 0 ? foreseen(app, this.catchUp(), command) : undefined;
    if (ahead === null) return null;
    let events: LedgerEvent[] | null = null;
    const given = this.#given;
    const run = (at?: Date) => {
      // If it had to wait, another process may have been faster: the worker was given something since.
      if (at && IS_LOOK.has(command.kind) && this.#givenNow() > given) return;
      events = unlessRejected(() => this.#append(command, at));
    };
    app.backlog.append({ about: { worker: this.#id, command }, run });
    if (app.backlog.size === before) return events;
    return (ahead ?? foreseen(app, this.#stream.state, command))?.events ?? null;
  }

  #append(command: WorkerCommand, at?: Date): LedgerEvent[] {
    const app = this.#app;
    const options = optionsOf(app, this.#id, at);
    const events = this.#stream.execute(command, givenAt(app, at), options, (append) =>
      guarded(app, this.#id, append),
    );
    if (endsWorker(events)) removeLaunchFiles(app, this.#id);
    return events;
  }

  #givenNow(): number {
    this.#stream.catchUp();
    return this.#given;
  }
}

/** What was seen of one process of a worker says nothing about the next one, which may have been started meanwhile. */
const deciderOfRun = (run: number): typeof workerDecider => ({
  ...workerDecider,
  decide: (worker, command, given) =>
    worker.run > run
      ? rejected('OBSERVATION_IGNORED', 'The worker has another process now.', { state: worker.state })
      : workerDecider.decide(worker, command, given),
});

/** What a command will give once the ledger takes it; null if the decider would reject it. */
function foreseen(
  { given }: AppContext,
  worker: Worker,
  command: WorkerCommand,
  at = given().now,
): { worker: Worker; events: LedgerEvent[] } | null {
  const decision = workerDecider.decide(worker, command, { ...given(), now: at });
  if (!decision.accepted) return null;
  const events = decision.events.map((event) => ({ ...event, event_id: '' }) as LedgerEvent);
  return { events, worker: events.reduce(workerDecider.evolve, worker) };
}

/**
 * Null on a rejection, which here only means that another process was faster or that nothing has changed. A ledger that
 * cannot be written is no rejection: that error is thrown.
 */
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

/** Not while its work is handed over: they pass to its successor, and no third worker may come between. */
function freeLeases(app: AppContext, id: string): void {
  const { alive, handover } = workerOf(app, id);
  if (!alive && (handover === null || handover.done)) releaseLeases(app, id);
}

/** Why the leases of a worker are released that has ended: a resume takes them back. */
export const SESSION_ENDED_REASON = 'the session ended';

function releaseLeases({ ledger, given, actor }: AppContext, sessionId: string): void {
  for (const repo_path of repositoriesLeasedBy(ledger, sessionId)) {
    const command = { kind: 'release_session', sessionId, reason: SESSION_ENDED_REASON } as const;
    ledger.execute(leaseDecider, leaseStream(repo_path), command, given(), {
      actor,
      correlationId: sessionId,
    });
  }
}
