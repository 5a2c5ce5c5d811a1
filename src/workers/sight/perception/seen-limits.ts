import { limitIn } from '../../../agents/contract/limits/limit-words.ts';
import { resetMoment, resetWords } from '../../../lib/time/reset-words/index.ts';
import { UTC } from '../../../lib/time/zones.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { limitEvidence } from '../screen-meaning.ts';

/** How long a limit must be gone from the screen before the same one is another. Longer than any redraw. */
const GONE_MS = 60_000;

/** How far two readings of one reset may be apart: clocks are shown in minutes, spans in hours or days. */
const APART_MS = 10 * 60_000;
const APART_SHARE = 0.1;

/** How many limits of one worker are remembered; more are a screen that is misread. */
const MOST = 16;

/**
 * What makes a limit the same limit: its window, its state and its reset. How full it is, which sign turns beside it and
 * how long a countdown still runs is no part of it. Null is not known, and equal to everything.
 */
interface Limit {
  /** The length of its window in minutes. */
  window: number | null;
  state: 'near' | 'reached' | 'passing' | 'paid' | null;
  /** As the screen shows it, and when that is on a clock of our own. */
  reset: { words: string; at: number | null; isSpan: boolean } | null;
  /** Since when the screen has not shown it; null while it does. */
  goneAt: number | null;
}

/** The limits that a worker's screens show, each reported once while it is shown. Time is an argument. */
export class SeenLimits {
  #limits: Limit[] = [];
  /** A limit was used up, and whether the worker has worked since it was last shown. */
  #usedUp: { worked: boolean } | null = null;

  /** Continues after an earlier watcher has reported a limit with this evidence. */
  resume(evidence: readonly string[], now: number): void {
    const resets = resetWords(evidence.join(' '))?.words ?? null;
    this.#limits = [{ ...limitOf(evidence, resets, now), state: null }];
  }

  /** Whether this screen shows a limit that was not reported yet, or more about one that was. */
  isNew(classification: Classification, now: number): boolean {
    this.#limits = this.#limits.filter(({ goneAt }) => goneAt === null || now - goneAt < GONE_MS);
    for (const limit of this.#limits) limit.goneAt ??= now;
    const evidence = limitEvidence(classification);
    if (this.#usedUp && isAtWork(classification)) this.#usedUp.worked = true;
    if (evidence.length === 0) return false;
    const resets = classification.resets_at_text ?? firstResets(classification);
    const seen = { ...limitOf(evidence, resets, now), state: stateOf(classification) };
    if (seen.state === 'reached') this.#usedUp = { worked: false };
    const known = this.#limits.find((limit) => isSame(limit, seen, now));
    if (!known) {
      this.#limits = [...this.#limits, seen].slice(-MOST);
      return true;
    }
    const isMore =
      (known.window === null && seen.window !== null) || (known.reset === null && seen.reset !== null);
    known.window ??= seen.window;
    known.reset ??= seen.reset;
    known.state ??= seen.state;
    known.goneAt = null;
    return isMore;
  }

  /** A turn was answered without a limit; whether that ends one that was used up. */
  answered(): boolean {
    const isOver = this.#usedUp?.worked ?? false;
    if (isOver) this.#usedUp = null;
    return isOver;
  }
}

/** A client that is refused and tries again shows work too. */
const isAtWork = ({ label, warnings }: Classification): boolean =>
  label === 'working' && warnings.length === 0;

function limitOf(evidence: readonly string[], resets: string | null, now: number): Omit<Limit, 'state'> {
  const { minutes } = limitIn(evidence.join(' '));
  const words = resets?.replace(/\s+/g, ' ').trim();
  if (!words) return { window: minutes, reset: null, goneAt: null };
  const read = (after: number) => resetMoment(words, { now: new Date(EPOCH + now + after), zone: UTC });
  const at = read(0);
  // Only a span is measured from now on; of clocks it is enough that two readings differ by as much.
  const isSpan = at !== null && read(1) === at + 1;
  return { window: minutes, reset: { words, at, isSpan }, goneAt: null };
}

const EPOCH = Date.UTC(2026, 0, 1);

const firstResets = ({ warnings }: Classification): string | null =>
  warnings.find(({ resets_at_text }) => resets_at_text !== undefined)?.resets_at_text ?? null;

function stateOf({ label, rule, warnings }: Classification): Limit['state'] {
  if (warnings.some(({ paid }) => paid)) return 'paid';
  if (label !== 'limit') return 'near';
  return rule?.endsWith('rate-limited') ? 'passing' : 'reached';
}

const isSame = (one: Limit, other: Limit, now: number): boolean =>
  isEqualOrUnknown(one.window, other.window) &&
  isEqualOrUnknown(one.state, other.state) &&
  (one.reset === null || other.reset === null || isSameReset(one.reset, other.reset, now));

const isEqualOrUnknown = <T>(one: T | null, other: T | null): boolean =>
  one === null || other === null || one === other;

type Reset = NonNullable<Limit['reset']>;

function isSameReset(one: Reset, other: Reset, now: number): boolean {
  if (one.words === other.words) return true;
  // Words that name no moment may be cut off or hold a counter.
  if (one.at === null || other.at === null) return true;
  const ahead = one.isSpan || other.isSpan ? Math.max(0, one.at - EPOCH - now) : 0;
  return Math.abs(one.at - other.at) <= Math.max(APART_MS, ahead * APART_SHARE);
}
