import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { UsageSample } from '../../../agents/contract/limits/sample.ts';
import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import type { Worker } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { type AtLimit, handOverAtLimit } from '../../commands/handoff/at-limit.ts';
import type { WatchContext } from '../../core/record.ts';
import type { AccountLimits } from './ask.ts';
import { continueWorker, shownWhileParked } from './continue.ts';
import {
  evolveParks,
  noParks,
  type ParkedFacts,
  type ParkHistory,
  resetOfPark,
  waitedUntil,
} from './history.ts';
import { parkCommand } from './park-command.ts';
import { decideContinuation, planPark, type Stop, whatIsDue } from './plan.ts';
import { type KnownReset, knownReset, limitOf, resetOfUsage } from './reset.ts';

export interface ParkingOf {
  app: WatchContext;
  session: SessionRow;
  limits: AccountLimits;
  agent(): RunnableAgent;
  worker(): Worker;
  record(command: WorkerCommand): LedgerEvent[] | null;
  /** What the worker's screen shows now; null once it is not watched any more. */
  look(): Classification | null;
  onFault(error: unknown): void;
}

const NOT_HANDED: AtLimit = { handed: null, tried: [] };

/** When to look again at what keeps a worker from being continued. */
const HELD_MS = 10_000;
/** When to look again at a client that tries again by itself; how long the answer of its provider serves. */
const LEFT_MS = 5 * 60_000;
/** The same once its screen has changed. */
const CHANGED_MS = 500;
/** How long an agent that continues by itself may take for that, where its own time is not known. */
const GRACE_MS = 120_000;

/**
 * Parks a worker that a limit has stopped, where its caller wants that, and continues it after the reset. All that it
 * knows is in the ledger: a watcher that takes over goes on with the same wait.
 */
export class Parking {
  readonly #of: ParkingOf;
  #history: ParkHistory = noParks;
  #timer: NodeJS.Timeout | null = null;
  #busy = false;
  #closed = false;
  #hasStarted = false;
  /** When its provider was asked last whether the limit is over. */
  #askedAt = Number.NEGATIVE_INFINITY;
  /** What keeps it from being continued is looked at again then. */
  #heldUntil = 0;
  /** What the last look found in the way; null if nothing. */
  #doubt: string | null = null;

  constructor(of: ParkingOf) {
    this.#of = of;
  }

  /** The wait that goes on; null if the worker is not parked. */
  get parked(): ParkedFacts | null {
    return this.#history.parked;
  }

  /** Parks a worker again that was lost in its wait and now shows its prompt. False if it was not started for that. */
  parkAgain(): boolean {
    const { awaited } = this.#history;
    if (awaited === null || !this.isWanted) return false;
    const { because, tried } = awaited;
    this.#park({ because, continuesItself: false }, resetOfPark(awaited), tried);
    return true;
  }

  onEvent(event: LedgerEvent): void {
    this.#history = evolveParks(this.#history, event);
    // A caller has parked it: what this watch records arms its own timer.
    if (event.type === 'worker.parked' && this.#hasStarted && !this.#busy && this.#timer === null)
      this.#arm();
  }

  /** Goes on with a wait that an earlier watcher has begun. */
  start(): void {
    this.#hasStarted = true;
    if (this.parked) this.#arm(0);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Whether its caller wants more at a limit than to be notified. */
  get isWanted(): boolean {
    const { onLimit, waitStopped } = this.#of.worker();
    return onLimit !== null && onLimit.action !== 'stop' && !waitStopped;
  }

  /** Parks the worker, or hands its work over. False if its caller wants neither. */
  stop(stop: Stop): boolean {
    if (!this.isWanted) return false;
    if (!this.#busy) this.#do(() => this.#parkOrHandOver(stop));
    return true;
  }

  /** Something else is known of a wait: whether the agent goes on by itself. */
  follow(stop: Stop): void {
    if (!this.parked || this.#busy || this.parked.continues_itself === stop.continuesItself) return;
    this.#park(stop, resetOfPark(this.parked), this.parked.tried);
  }

  /** The screen of a parked worker has changed: what kept it from being continued may be gone. */
  changed(): void {
    if (this.parked === null || this.#heldUntil === 0) return;
    const soon = this.#now() + CHANGED_MS;
    if (soon >= this.#heldUntil) return;
    this.#heldUntil = soon;
    this.#arm(CHANGED_MS);
  }

  async #parkOrHandOver(stop: Stop): Promise<void> {
    const { turns } = this.#of.worker();
    const { handed, tried } = await this.#handOver();
    const worker = this.#of.worker();
    // Its caller may have given it something else meanwhile.
    if (handed !== null || !worker.alive || worker.turns !== turns) return;
    const reset = this.#reset(stop, this.#of.limits.known());
    this.#park(stop, reset, tried);
    if (reset.until === null) await this.#askForReset(stop, tried);
  }

  /** Begins nothing unless its caller has named others; a handover that fails leaves the worker to be parked. */
  async #handOver(): Promise<AtLimit> {
    const { app, session, worker, onFault } = this.#of;
    const { onLimit } = worker();
    if (onLimit?.action !== 'hand_over') return NOT_HANDED;
    try {
      return await handOverAtLimit(app, session, onLimit);
    } catch (error) {
      onFault(error);
      return NOT_HANDED;
    }
  }

  #reset({ because, words, evidence }: Stop, usage: UsageSample | null): KnownReset {
    const { model } = this.#of.session;
    return knownReset({ words, evidence, usage, because, model, now: this.#now() });
  }

  /** No reset was known when it was parked: its provider may know one. */
  async #askForReset(stop: Stop, tried: TriedProvider[]): Promise<void> {
    const { session, limits } = this.#of;
    const usage = await limits.ask();
    const known = usage && resetOfUsage(usage, stop.because, session.model, this.#now());
    if (known && this.parked) this.#park(stop, { ...known, from: 'asked' }, tried);
  }

  #park(
    {
      because,
      continuesItself,
      isPassing = false,
    }: Pick<Stop, 'because' | 'continuesItself'> & Partial<Stop>,
    reset: KnownReset,
    tried: readonly TriedProvider[],
    held: { why: string; checkAt: string } | null = null,
  ): void {
    const { app, session, agent, worker, record } = this.#of;
    const { state, parks, onLimit } = worker();
    const now = this.#now();
    const attempt = state === 'PARKED' ? Math.max(1, parks) : parks + 1;
    const seconds = onLimit?.wait_at_most_seconds ?? null;
    const plan = planPark({
      id: session.id,
      now,
      reset,
      attempt,
      isPassing,
      graceMs: continuesItself ? (agent().continuesAfterMs ?? GRACE_MS) : 0,
      bounds: {
        maxContinuations: app.config.workers.max_continuations,
        waitAtMostMs: seconds === null ? null : seconds * 1000,
        waitedMs: waitedUntil(this.#history, now),
      },
    });
    this.#heldUntil = held === null ? 0 : now + HELD_MS;
    record(parkCommand(plan, { because, reset, continuesItself, tried, held }));
    if (plan.refused) record({ kind: 'end_park', reason: plan.refused });
    else this.#arm();
  }

  #now = (): number => this.#of.app.given().now.getTime();

  #arm(inMs?: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#tick(), inMs ?? this.#dueIn());
  }

  #dueIn(): number {
    const due = this.#due();
    return due.kind === 'wait' ? due.ms : 0;
  }

  #due(): ReturnType<typeof whatIsDue> {
    const { parked } = this;
    if (!parked) return { kind: 'wait', ms: HELD_MS };
    const checkAt = Math.max(Date.parse(parked.check_at), this.#heldUntil);
    const giveUpAt = parked.give_up_at === null ? null : Date.parse(parked.give_up_at);
    return whatIsDue({ checkAt, giveUpAt }, this.#now());
  }

  #tick(): void {
    this.#timer = null;
    if (this.#closed || !this.#isParked()) return;
    const due = this.#due();
    if (due.kind === 'wait' || this.#busy) this.#arm(due.kind === 'wait' ? due.ms : CHANGED_MS);
    else if (due.kind === 'give_up') this.#of.record({ kind: 'end_park', reason: 'waited_too_long' });
    else this.#do(() => this.#check());
  }

  #isParked = (): boolean => this.#of.worker().state === 'PARKED' && this.parked !== null;

  /** One thing at a time; a fault leaves the wait as it is, and it is tried again. */
  #do(work: () => Promise<void>): void {
    this.#busy = true;
    work()
      .catch((error) => {
        this.#of.onFault(error);
        this.#heldUntil = this.#now() + HELD_MS;
      })
      .finally(() => {
        this.#busy = false;
        if (!this.#closed && this.#isParked()) this.#arm();
      });
  }

  /** The reset has passed: asks whether the limit has, looks at the screen, and continues the worker. */
  async #check(): Promise<void> {
    const { app, session, look } = this.#of;
    const usage = await this.#askedNow();
    const { parked } = this;
    if (!this.#isParked() || parked === null || this.#closed) return;
    const classification = look();
    if (classification === null) return;
    const now = this.#now();
    const limit = usage && limitOf(usage, parked.because, session.model, now);
    const stop = { because: parked.because, continuesItself: parked.continues_itself };
    const { tried } = parked;
    const shown = shownWhileParked(classification);
    const next = decideContinuation({ limit, shown, now });
    const doubted = this.#doubt;
    this.#doubt = shown.kind === 'other' ? shown.what : null;
    switch (next.kind) {
      case 'park':
        this.#park(stop, { until: next.until, window: parked.window, from: 'asked' }, tried);
        return;
      case 'leave':
        // Its client tries again, or it works already: that it does is seen by the watch.
        this.#heldUntil = now + LEFT_MS;
        return;
      case 'hold':
        // A screen that is just being drawn may lack its box: it is in the way where a second look finds the same.
        if (this.#doubt === doubted) this.#hold(next.why);
        else this.#heldUntil = now + CHANGED_MS;
        return;
      default: {
        const isParked = () => this.#isParked();
        const words = app.config.workers.continue_with;
        const why = await continueWorker(app, session, { words, isParked });
        if (why !== null) this.#hold(why);
      }
    }
  }

  /** What its provider says; null if it has said that the limit is over a moment ago, or cannot be asked. */
  async #askedNow(): Promise<UsageSample | null> {
    if (Math.abs(this.#now() - this.#askedAt) < LEFT_MS && this.#heldUntil > 0) return null;
    this.#askedAt = this.#now();
    return this.#of.limits.ask();
  }

  /** Waits on, and says why: once for each reason. */
  #hold(why: string): void {
    const { parked } = this;
    this.#heldUntil = this.#now() + HELD_MS;
    if (!parked || parked.held === why) return;
    const { because, continues_itself: continuesItself, tried, check_at: checkAt } = parked;
    this.#park({ because, continuesItself }, resetOfPark(parked), tried, { why, checkAt });
  }
}
