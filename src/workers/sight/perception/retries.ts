import type { Classification, Warning } from '../../../terminal/detection/classify.ts';

/** Between two tries a client shows work for a moment: it has recovered only after it has worked for so long. */
const RECOVERED_MS = 5000;

/** The retries that a client shows: each attempt is reported once, however its seconds are counted down. */
export class Retries {
  #reported: string | null = null;
  #lastSeen: number;

  constructor(now: number) {
    this.#lastSeen = now;
  }

  /** Continues after an earlier watcher has reported this row. */
  resume(row: string): void {
    this.#reported = identity(row);
  }

  /** The turn is over, or a message was sent. */
  forget(): void {
    this.#reported = null;
  }

  /** What has changed for a worker that works. */
  perceive(
    { warnings }: Classification,
    now: number,
  ): { news: Warning | 'over' | null; recheckInMs: number | null } {
    const warning = warnings.find(({ kind }) => kind === 'retrying');
    if (warning) {
      this.#lastSeen = now;
      const isNew = identity(warning.text) !== this.#reported;
      this.#reported = identity(warning.text);
      return { news: isNew ? warning : null, recheckInMs: null };
    }
    if (this.#reported === null) return { news: null, recheckInMs: null };
    const recheckInMs = this.#lastSeen + RECOVERED_MS - now;
    if (recheckInMs > 0) return { news: null, recheckInMs };
    this.#reported = null;
    return { news: 'over', recheckInMs: null };
  }
}

/** The reason and the attempt, without spinners, countdowns, and counters of any kind beside it. */
function identity(row: string): string {
  const attempt = /attempt[^\d\n]{0,4}(\d{1,4})|(?<![\d/])(\d{1,2})\/\d{1,2}(?![\d/])/i.exec(row);
  // A three-digit number anywhere else may be a counter.
  const status = /(?:^\W*|\b(?:error|status|http)\W{0,3}|\()([45]\d\d)\b/i.exec(row)?.[1] ?? '';
  const reason = row.replace(/\b[\d.,:]+\s?(?:ms|s|secs?|seconds?|m|mins?|minutes?)\b/g, '');
  return `${status} ${attempt?.[1] ?? attempt?.[2] ?? ''} ${reason.replace(/[^\p{L}]+/gu, ' ').trim()}`;
}
