import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { Classification, Warning } from '../../../terminal/detection/classify.ts';
import { type Perceived, soonest, type WorkerScreen } from '../seen.ts';
import { Bound, type BoundedKind, PER_MINUTE } from './bounds.ts';
import type { Perception } from './perception.ts';

/** What is perceived of a worker, and which kinds of it the bound begins to leave out. */
export interface BoundedPerceived extends Perceived {
  omits: BoundedKind[];
}

/** How long nothing must be left out before it is another time that something is. */
const OVER_MS = 60_000;

/**
 * A perception whose observations are bounded per minute, whatever a screen shows. While states come too fast, screens are
 * not compared at all, so that the next one that is gives the newest state; of limits and retries the newest waits.
 */
export class BoundedPerception {
  readonly #perception: Perception;
  readonly #states = new Bound<true>(PER_MINUTE.state);
  readonly #limits = new Bound<Classification>(PER_MINUTE.limit);
  readonly #retries = new Bound<Warning | 'over'>(PER_MINUTE.retry);
  readonly #omittedAt = new Map<BoundedKind, number>();

  constructor(perception: Perception) {
    this.#perception = perception;
  }

  /** Takes the next screen of a worker in this state. */
  perceive(state: WorkerState, snapshot: WorkerScreen, now: number): BoundedPerceived {
    const mayState = this.#states.waitsFor(now) === 0;
    const perceived = this.#perception.perceive(state, snapshot, now, { isStateAsked: mayState });
    if (perceived.observation) this.#states.take(true, now);
    // A turn has ended since: what its client tried is over.
    if (perceived.observation || state !== 'RUNNING') this.#retries.drop();
    const limit = this.#limits.take(perceived.limit, now);
    const retry = this.#retries.take(perceived.retry, now);
    const waits = [
      ...(mayState ? [] : [this.#states.waitsFor(now)]),
      ...(this.#limits.isWaiting ? [this.#limits.waitsFor(now)] : []),
      ...(this.#retries.isWaiting ? [this.#retries.waitsFor(now)] : []),
    ];
    const omits = [
      ...(mayState ? [] : this.#begins('state', now)),
      ...(this.#limits.isWaiting ? this.#begins('limit', now) : []),
      ...(this.#retries.isWaiting ? this.#begins('retry', now) : []),
    ];
    const recheckInMs = waits.reduce<number | null>(soonest, perceived.recheckInMs);
    return { ...perceived, limit, retry, recheckInMs, omits };
  }

  /** The kind, if it was not left out before. */
  #begins(kind: BoundedKind, now: number): BoundedKind[] {
    const last = this.#omittedAt.get(kind);
    this.#omittedAt.set(kind, now);
    return last === undefined || now - last >= OVER_MS ? [kind] : [];
  }
}
