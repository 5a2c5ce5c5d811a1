/**
 * What was reported to a client of its workers, by the positions of the moments in the log. A wait ends for each moment
 * once: a model that waits for any of its workers again gets the next one that needs it, not the same idle one for ever.
 */
export class Reported {
  readonly #moments = new Map<string, Set<number>>();

  /** The workers that this client has spawned or asked for. */
  get workers(): ReadonlySet<string> {
    return new Set(this.#moments.keys());
  }

  know(session: string): void {
    if (!this.#moments.has(session)) this.#moments.set(session, new Set());
  }

  /** The client has ended it, or has its results: its end is no news. */
  forget(session: string): void {
    this.#moments.delete(session);
  }

  report(session: string, position: number): void {
    this.know(session);
    this.#moments.get(session)?.add(position);
  }

  has(session: string, position: number): boolean {
    return this.#moments.get(session)?.has(position) ?? false;
  }
}
