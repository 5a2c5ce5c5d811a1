import type { Classification } from '../../../terminal/detection/classify.ts';
import type { WorkerResult } from '../../../terminal/transcript/result-block.ts';

/** How full a window is at least, in percent, where an agent may end its turn because of it. Claude does at about 95. */
const NEAR_PERCENT = 90;

const PERCENT = /(\d{1,3})(?:\.\d+)?\s?%/;
const LEFT = /%[^·|]{0,40}\b(?:left|remaining|remains)\b/i;

/** How much of a window is used by the words of a warning, in percent; null where they name no number. */
export function percentUsed(words: string): number | null {
  const named = PERCENT.exec(words)?.[1];
  if (named === undefined) return null;
  return LEFT.test(words) ? 100 - Number(named) : Number(named);
}

/** The warning on a screen that says that nearly all of a window is used; null if there is none. */
export const nearlyUsedUp = ({ warnings }: Pick<Classification, 'warnings'>): string | null =>
  warnings.find(
    ({ kind, text, paid }) => kind === 'limit_warning' && !paid && (percentUsed(text) ?? 0) >= NEAR_PERCENT,
  )?.text ?? null;

const LIMIT = String.raw`(?:(?:usage|session|weekly|daily|monthly|5-?hour|five-hour|plan|subscription|quota|rate|account)\s+(?:usage\s+)?limits?|usage quota|out of (?:usage|quota)|quota)\b`;
const STOPS = String.raw`\b(?:stop|paus|wrap|cut short|cutting short|halt|end(?:ed|ing)? (?:here|early|the turn|this turn)|before (?:i|we|it) r(?:un|an) out|ran out|running out|left undone|not (?:finished|completed)|continue (?:later|after|once|when))\w*`;
const NAMES_LIMIT = new RegExp(LIMIT, 'i');
const STOPS_FOR_LIMIT = new RegExp(`${STOPS}[^.!?]{0,120}?${LIMIT}|${LIMIT}[^.!?]{0,120}?${STOPS}`, 'i');

/** Whether a message says that its writer stops because of a limit. A text about limits alone does not. */
export const stopsForLimit = (message: string): boolean => STOPS_FOR_LIMIT.test(message.replace(/\s+/g, ' '));

/** Whether a result says that the work is not done because of a limit: as a blocker, or in its summary. */
export const isResultOfLimit = ({ blockers, summary }: Pick<WorkerResult, 'blockers' | 'summary'>): boolean =>
  blockers.some((blocker) => NAMES_LIMIT.test(blocker)) || stopsForLimit(summary);

/** A turn that the user stopped is no turn that the agent cut short. */
const INTERRUPTED = /^\W*(?:Conversation )?interrupted\b/i;
const LAST_ROWS = 12;

export const wasInterrupted = (screen: string): boolean =>
  screen
    .split('\n')
    .filter((row) => row.trim() !== '')
    .slice(-LAST_ROWS)
    .some((row) => INTERRUPTED.test(row));

/** What a turn shows of a limit that is near: an agent may end its turn because of it before its work is done. */
export class NearLimit {
  #warning: string | null = null;
  #stopped = false;

  /** A message was sent: another turn begins. */
  forget(): void {
    this.#warning = null;
    this.#stopped = false;
  }

  see(classification: Classification): void {
    this.#warning = nearlyUsedUp(classification) ?? this.#warning;
  }

  /** Whether this new result is one of work that is not done because of the limit. */
  stopped({ isOfLimit = false }: { isOfLimit?: boolean }): boolean {
    this.#stopped = isOfLimit && this.#warning !== null;
    return this.#stopped;
  }

  /**
   * The evidence that the turn at its end was cut short; null if it was not. `result`: printed in this turn; `wasAsked`:
   * no result was printed so far, so that the turn owes one. After it, a turn is cut short only by its own words.
   */
  cutShort(end: {
    classification: Classification;
    content: string;
    result: string | null;
    wasAsked: boolean;
  }): string[] | null {
    if (this.#warning === null) return null;
    if (end.result !== null) return this.#stopped ? [this.#warning, end.result] : null;
    if (wasInterrupted(end.content)) return null;
    const { first = 1, last = 0 } = end.classification.regions.message ?? {};
    const message = end.content
      .split('\n')
      .slice(first - 1, last)
      .join(' ');
    return end.wasAsked || stopsForLimit(message) ? [this.#warning] : null;
  }
}
