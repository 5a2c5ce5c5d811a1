import { createHash } from 'node:crypto';

/** What a state file may say of a line: the line itself may hold a secret. */
export const fingerprint = (line: string): string =>
  createHash('sha256').update(line).digest('base64').slice(0, 12);

/**
 * Lines that are in the transcript already and may be shown again: the screen behind a full-screen program, a screen
 * that was erased and is drawn anew, the screen before this one. Each counts as often as it was there.
 */
export class ShownLines {
  readonly #counts = new Map<string, number>();
  readonly #timeouts: number;
  #misses = 0;
  #lastWasShown = false;

  /** After `patience` lines in a row that are new, nothing is being shown again, and equal lines are new lines. */
  constructor(fingerprints: Iterable<string>, timeouts = 200) {
    this.#timeouts = timeouts;
    for (const print of fingerprints) this.#counts.set(print, (this.#counts.get(print) ?? 0) + 1);
  }

  static of(lines: Iterable<string>, timeouts?: number): ShownLines {
    return new ShownLines([...lines].filter(Boolean).map(fingerprint), timeouts);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Whether the line is one of these; it then counts once less. A blank line goes with the line before it. */
  take(line: string): boolean {
    if (this.isEmpty) return false;
    if (line === '') return this.#lastWasShown;
    const print = fingerprint(line);
    const count = this.#counts.get(print) ?? 0;
    this.#lastWasShown = count > 0;
    if (count > 1) this.#counts.set(print, count - 1);
    else this.#counts.delete(print);
    this.#misses = this.#lastWasShown ? 0 : this.#misses + 1;
    if (this.#misses >= this.#timeouts) this.#counts.clear();
    return this.#lastWasShown;
  }

  /** The lines that are none of these, without counting them. */
  newOf(lines: readonly string[]): string[] {
    if (this.isEmpty) return [...lines];
    const copy = new ShownLines(this.fingerprints(), Number.POSITIVE_INFINITY);
    return lines.filter((line) => !copy.take(line));
  }

  fingerprints(): string[] {
    return [...this.#counts].flatMap(([print, count]) => Array<string>(count).fill(print));
  }
}
