import { createHash } from 'node:crypto';

/** What a state file may store of a line: the line itself may contain a secret. */
export const fingerprint = (line: string): string =>
  createHash('sha256').update(line).digest('base64').slice(0, 12);

/**
 * Lines that are in the transcript already and may be shown again: the screen behind a full-screen program, a screen
 * that was erased and is drawn again, the previous screen. Each counts as often as it occurred.
 */
export class ShownLines {
  readonly #counts = new Map<string, number>();
  readonly #maxMisses: number;
  #misses = 0;
  #lastWasShown = false;

  /** After `maxMisses` new lines in a row nothing is being shown again, and an equal line is a new one. */
  constructor(fingerprints: Iterable<string>, maxMisses = 200) {
    this.#maxMisses = maxMisses;
    for (const print of fingerprints) this.#counts.set(print, (this.#counts.get(print) ?? 0) + 1);
  }

  static of(lines: Iterable<string>, maxMisses?: number): ShownLines {
    return new ShownLines([...lines].filter(Boolean).map(fingerprint), maxMisses);
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
    if (this.#misses >= this.#maxMisses) this.#counts.clear();
    return this.#lastWasShown;
  }

  /** The lines that are none of these, without counting them. */
  withoutShown(lines: readonly string[]): string[] {
    if (this.isEmpty) return [...lines];
    const copy = new ShownLines(this.fingerprints(), Number.POSITIVE_INFINITY);
    return lines.filter((line) => !copy.take(line));
  }

  fingerprints(): string[] {
    return [...this.#counts].flatMap(([print, count]) => Array<string>(count).fill(print));
  }
}
