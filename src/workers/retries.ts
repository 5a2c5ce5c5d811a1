import type { Judgement, Warning } from '../terminal/detection/judge.ts';

/** Between two tries a client shows itself at work for a moment: it has recovered only once it works on for so long. */
const RECOVERED_MS = 5000;

/** What a client that tries again says of it: each attempt is told once, however its seconds are counted down. */
export class Retries {
  #told: string | null = null;
  #lastSeen: number;

  constructor(now: number) {
    this.#lastSeen = now;
  }

  /** Goes on where another watcher has told the row. */
  resume(row: string): void {
    this.#told = identity(row);
  }

  /** The turn is over, or was given something new. */
  forget(): void {
    this.#told = null;
  }

  /** What is news of a worker that works. */
  look({ warnings }: Judgement, now: number): { news: Warning | 'over' | null; lookAgainIn: number | null } {
    const warning = warnings.find(({ kind }) => kind === 'retrying');
    if (warning) {
      this.#lastSeen = now;
      const isNews = identity(warning.text) !== this.#told;
      this.#told = identity(warning.text);
      return { news: isNews ? warning : null, lookAgainIn: null };
    }
    if (this.#told === null) return { news: null, lookAgainIn: null };
    const lookAgainIn = this.#lastSeen + RECOVERED_MS - now;
    if (lookAgainIn > 0) return { news: null, lookAgainIn };
    this.#told = null;
    return { news: 'over', lookAgainIn: null };
  }
}

/** The reason and the attempt, without turning signs and without seconds that are counted. */
const identity = (row: string): string =>
  row
    .replace(/\b\d+(?:\.\d+)?\s?(?:ms|s|secs?|seconds?|m|mins?|minutes?)\b/g, '')
    .replace(/[^\p{L}\p{N}#/]+/gu, ' ')
    .trim();
