/** How many events of one kind an agent's screen may cause in a minute. */
export const PER_MINUTE = { state: 60, limit: 6, retry: 12 } as const;

export type BoundedKind = keyof typeof PER_MINUTE;

const MINUTE = 60_000;

/**
 * Bounds the events of one kind: at most so many in any minute. What comes too early waits, and only the newest of it:
 * an older screen says nothing once there is another. Time is an argument.
 */
export class Bound<T> {
  readonly #most: number;
  #given: number[] = [];
  #waiting: T | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  /** The newest of what waits and `news`, if it may be given now; null if nothing may or there is nothing. */
  take(news: T | null, now: number): T | null {
    const next = news ?? this.#waiting;
    if (next === null) return null;
    if (this.waitsFor(now) > 0) {
      this.#waiting = next;
      return null;
    }
    this.#waiting = null;
    this.#given.push(now);
    return next;
  }

  /** Forgets what waits: it is no longer true. */
  drop(): void {
    this.#waiting = null;
  }

  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /** Milliseconds until the next may be given; 0 if one may now. */
  waitsFor(now: number): number {
    this.#given = this.#given.filter((at) => now - at < MINUTE);
    const oldest = this.#given.length < this.#most ? undefined : this.#given[0];
    return oldest === undefined ? 0 : oldest + MINUTE - now;
  }
}
