import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { hasQueued, queuedSessions, type SessionRow } from '../../../projections/sessions/queries.ts';
import { askUsage, JUST_NOW_MS } from '../../../usage/asking/ask.ts';
import { interactiveAllowed } from '../../../usage/asking/probe.ts';
import type { Capacity } from '../../../usage/capacity/capacity.ts';
import { DEFAULT_BACKEND } from '../../../usage/capacity/known-summary.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import { accountOf } from '../../commands/spawning/allowed.ts';
import type { SpawnOptions } from '../../commands/spawning/options.ts';
import { spawnWorker } from '../../commands/spawning/spawn.ts';
import type { AppContext } from '../../core/context.ts';
import { unlessRejected, type WatchContext } from '../../core/record.ts';
import { dropQueued, forgetRequest } from '../../core/requests/queued-requests.ts';
import { isByLimit } from '../../core/requests/refused-spawns.ts';
import { knownCapacity } from '../../queries/capacity.ts';
import { jitterOf, type Obstacle } from '../../queue/decide.ts';
import { decisionNow, limitOf, optionsOf, placeOf } from '../../queue/situation.ts';
import type { WatcherCallbacks } from './watcher-callbacks.ts';

/** How often a limit is asked for whose reset is not known, in milliseconds. */
const UNKNOWN_RESET_MS = 10 * 60_000;
/** How soon a start is tried again that an error of ours has prevented, in milliseconds. */
const AGAIN_MS = 30_000;

/** A clock that is read twice must not make the watcher spin. */
const LEAST_MS = 20;

/** A limit that a request waits for, or has waited for. */
interface Limit {
  /** When it resets; null if that is not known. */
  until: number | null;
  /** When the limits are asked for again: after the reset, each request at another moment. */
  checkAt: number;
  /** They were asked for since. */
  isChecked: boolean;
  /** When its provider said so; null where only what the request had met is known. */
  observedAt: string | null;
}

/** Starts the requests of the queue, in the watcher. */
export class QueueReactor {
  readonly #app: WatchContext;
  readonly #on: WatcherCallbacks;
  readonly #limits = new Map<string, Limit>();
  /** Requests whose start has failed in a way that may pass, and when they are tried again. */
  readonly #later = new Map<string, number>();
  #starting: Promise<void> | null = null;
  #asking: Promise<void> | null = null;
  #isClosed = false;

  constructor(app: WatchContext, on: WatcherCallbacks) {
    this.#app = app;
    this.#on = on;
  }

  /** Whether anything waits or is being started: then the watcher stays. */
  get isBusy(): boolean {
    return this.#starting !== null || hasQueued(this.#app.ledger);
  }

  /** Does what can be done now; returns in how many milliseconds to look again. */
  step(): number {
    if (this.#isClosed || !hasQueued(this.#app.ledger)) return Number.POSITIVE_INFINITY;
    const now = this.#now();
    let capacity: Capacity | undefined;
    const { start, expired, wakeAt } = decisionNow(this.#app, {
      byLimit: (id, options) => {
        capacity ??= knownCapacity(this.#app);
        return this.#limitOf(id, options, capacity, now);
      },
    });
    for (const id of expired) this.#drop(id, 'expired', 'its deadline has passed');
    const next = start.find((id) => (this.#later.get(id) ?? 0) <= now);
    if (next !== undefined && !this.#starting) this.#begin(next);
    const times = [wakeAt, ...[...this.#later.values()].filter((at) => at > now)].filter((at) => at !== null);
    return times.length > 0 ? Math.max(LEAST_MS, Math.min(...times) - now) : Number.POSITIVE_INFINITY;
  }

  /** Ends it: what is being started is finished. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#starting;
  }

  #now(): number {
    return this.#app.given().now.getTime();
  }

  /** A limit holds until its provider was asked again, by this watcher after the reset or by any caller before it. */
  #limitOf(id: string, options: SpawnOptions, capacity: Capacity, now: number): Obstacle | null {
    const found = limitOf(this.#app, options, capacity);
    const until = found?.until ?? null;
    const observedAt = this.#observedAt(options, capacity);
    let limit = this.#limits.get(id) ?? this.#remembered(id, now);
    if (found && (!limit || limit.isChecked || (until !== null && until > now && limit.until !== until)))
      limit = { until, checkAt: checkAt(id, until, now), isChecked: false, observedAt };
    else if (limit && found) limit = { ...limit, observedAt };
    else if (limit?.observedAt && observedAt !== null && observedAt > limit.observedAt)
      limit = { ...limit, isChecked: true };
    if (!limit) return null;
    this.#limits.set(id, limit);
    if (limit.isChecked) return null;
    const isDue = limit.checkAt <= now;
    if (isDue) this.#ask(id, options);
    const reason = found?.reason ?? 'its limit has reset, and is being checked again';
    return { why: 'limit', reason, until: isDue ? null : limit.checkAt };
  }

  /** What it waited for when it was queued, before this watcher ran. */
  #remembered(id: string, now: number): Limit | undefined {
    const session = queuedSessions(this.#app.ledger).find((each) => each.id === id);
    if (!session || placeOf(session).why !== 'limit') return undefined;
    return { until: null, checkAt: now, isChecked: false, observedAt: null };
  }

  #observedAt(options: SpawnOptions, { providers }: Capacity): string | null {
    const key = keyOf(this.#app, options);
    return (key !== null && providers[key]?.observed_at) || null;
  }

  #ask(id: string, options: SpawnOptions): void {
    if (this.#asking) return;
    const key = keyOf(this.#app, options);
    if (key === null) {
      // Its provider is no longer in config.yaml: its start says so.
      this.#limits.set(id, { until: null, checkAt: 0, isChecked: true, observedAt: null });
      return;
    }
    this.#on.log(`asks for the limits of ${key}, for which ${id} waits`);
    this.#asking = askUsage(this.#app, {
      providers: [key],
      backend: DEFAULT_BACKEND,
      interactive: interactiveAllowed(this.#app.env, true),
      fresh_ms: JUST_NOW_MS,
    })
      .then(() => this.#afterAsking(key, { isChecked: true }))
      .catch((error) => {
        this.#on.fault(`limits of ${key}`, error);
        // Asked again at once, it would fail again at once.
        this.#afterAsking(key, { checkAt: this.#now() + AGAIN_MS });
      })
      .finally(() => {
        this.#asking = null;
        this.#on.wake();
      });
  }

  #afterAsking(key: string, change: Partial<Limit>): void {
    for (const [id, limit] of this.#limits)
      if (this.#waitsFor(id, key)) this.#limits.set(id, { ...limit, ...change });
  }

  #waitsFor(id: string, key: string): boolean {
    const options = optionsOf(this.#app, id);
    return options !== null && keyOf(this.#app, options) === key;
  }

  #begin(id: string): void {
    this.#starting = this.#start(id)
      .catch((error) => this.#on.fault(`${id} cannot be started`, error))
      .finally(() => {
        this.#starting = null;
        this.#on.wake();
      });
  }

  async #start(id: string): Promise<void> {
    const options = optionsOf(this.#app, id);
    const session = queuedSessions(this.#app.ledger).find((each) => each.id === id);
    if (!session) return;
    if (!options) {
      const reason = 'its request is missing: the file in the folder queue was removed or damaged';
      this.#drop(id, 'request_missing', reason);
      return;
    }
    this.#on.log(`starts ${id} (${session.provider_id}) from the queue`);
    try {
      await spawnWorker(this.#ofCaller(session), options, { id });
      this.#forget(id);
    } catch (error) {
      this.#failed(id, error);
    }
  }

  /** It counts with the workers of the caller that asked for it. */
  #ofCaller({ coordinator_id }: SessionRow): AppContext {
    return { ...this.#app, coordinator: coordinator_id };
  }

  #failed(id: string, error: unknown): void {
    const isWaiting = queuedSessions(this.#app.ledger).some((each) => each.id === id);
    if (!isWaiting) {
      // Its start was recorded, and has failed; or it was dropped meanwhile.
      this.#on.log(`${id} could not be started: ${redactedMessage(error)}`);
      this.#forget(id);
      return;
    }
    // Another worker was faster: the next decision sees that.
    if (isFull(error) || isByLimit(error)) return;
    if (isUnwritable(error) || !(error instanceof AgentPoolError)) {
      this.#on.fault(`${id} cannot be started`, error);
      this.#later.set(id, this.#now() + AGAIN_MS);
    } else this.#drop(id, 'refused', `it could not be started (${error.code}): ${error.message}`);
  }

  #drop(id: string, because: 'expired' | 'refused' | 'request_missing', reason: string): void {
    try {
      unlessRejected(() => dropQueued(this.#app, id, { because, reason: redact(reason) }));
      this.#on.log(`${id} was dropped from the queue: ${redact(reason)}`);
      this.#forget(id);
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      this.#later.set(id, this.#now() + AGAIN_MS);
    }
  }

  #forget(id: string): void {
    forgetRequest(this.#app, id);
    this.#limits.delete(id);
    this.#later.delete(id);
  }
}

function checkAt(id: string, until: number | null, now: number): number {
  return until !== null && until > now ? until + jitterOf(id, until - now) : now + UNKNOWN_RESET_MS;
}

/** The key of the account of a request; null if config.yaml no longer has it. */
function keyOf(app: AppContext, options: SpawnOptions): string | null {
  try {
    return accountOf(app, options).key;
  } catch (error) {
    if (error instanceof AgentPoolError) return null;
    throw error;
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof AgentPoolError && error.details.policy === 'max_parallel_sessions';
