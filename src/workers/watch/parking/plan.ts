import { createHash } from 'node:crypto';
import type { EventData } from '../../../events/catalogue/index.ts';
import type { ParkReason } from '../../../events/catalogue/words.ts';
import type { KnownReset } from './reset.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When to check again where no reset is known; doubled with each attempt. */
const UNKNOWN_MS = 5 * MINUTE;
/** The same for a rate limit, which passes by itself soon. */
const PASSING_MS = MINUTE;
/** The same where the reset has just passed when the limit is seen. */
const PASSED_MS = SECOND;
/** The same after a continuation that was refused although the reset had passed; doubled with each attempt. */
const REFUSED_MS = 15 * SECOND;
const LONGEST_MS = HOUR;

/** A turn that a limit has stopped, as the screen shows it. */
export interface Stop {
  because: ParkReason;
  continuesItself: boolean;
  /** What the screen says about the reset; null if nothing. */
  words: string | null;
  evidence: readonly string[];
  /** Whether it is a limit of the pace, which passes by itself, and not of a plan. */
  isPassing: boolean;
}

/** How the wait of one worker is bounded. */
export interface WaitBounds {
  /** How often it is continued at most. */
  maxContinuations: number;
  waitAtMostMs: number | null;
  /** How long it has waited before. */
  waitedMs: number;
}

export interface Park {
  checkAt: number;
  giveUpAt: number | null;
  /** Why it is not waited for; null if it is. */
  refused: EventData<'worker.park_ended'>['reason'] | null;
}

/**
 * When a worker that stops at a limit now is looked at again, and until when it waits. `attempt` counts from 1;
 * `graceMs` is how long an agent that continues by itself may take for that after the reset. Pure.
 */
export function planPark(given: {
  id: string;
  now: number;
  reset: KnownReset;
  attempt: number;
  graceMs: number;
  /** Whether it is a limit of the pace, and not of a plan. */
  isPassing?: boolean;
  bounds: WaitBounds;
}): Park {
  const { id, now, reset, attempt, graceMs, isPassing = false, bounds } = given;
  const { maxContinuations, waitAtMostMs, waitedMs } = bounds;
  const giveUpAt = waitAtMostMs === null ? null : now + Math.max(0, waitAtMostMs - waitedMs);
  const checkAt =
    whenToCheck(now, reset.until, { attempt, isPassing }) + graceMs + jitter(id, now, reset.until);
  const isTooLate =
    giveUpAt !== null && (giveUpAt <= now || (reset.until !== null && reset.until > giveUpAt));
  const refused = attempt > maxContinuations ? 'too_many_attempts' : isTooLate ? 'waited_too_long' : null;
  return { checkAt, giveUpAt, refused };
}

function whenToCheck(
  now: number,
  until: number | null,
  { attempt, isPassing }: { attempt: number; isPassing: boolean },
): number {
  if (until !== null && until > now) return until;
  const doubled = (ms: number, times: number) => now + Math.min(ms * 2 ** Math.min(times, 12), LONGEST_MS);
  if (until === null) return doubled(isPassing ? PASSING_MS : UNKNOWN_MS, attempt - 1);
  return attempt === 1 ? now + PASSED_MS : doubled(REFUSED_MS, attempt - 2);
}

/** Workers that wait for the same reset do not all wake at once. It follows from the worker's id. */
export function jitter(id: string, now: number, until: number | null): number {
  const wait = Math.max(0, (until ?? now) - now);
  const least = Math.min(3 * SECOND, wait / 20);
  const most = Math.min(MINUTE, wait / 5);
  const share = createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
  return Math.round(least + share * Math.max(0, most - least));
}

export type Due = { kind: 'wait'; ms: number } | { kind: 'check' } | { kind: 'give_up' };

/** A timer does not run while the machine sleeps, and the time of day may be set: it is compared this often at least. */
const COMPARE_MS = 30 * SECOND;

/** Whether a parked worker is to be checked now. Pure. */
export function whatIsDue({ checkAt, giveUpAt }: Pick<Park, 'checkAt' | 'giveUpAt'>, now: number): Due {
  if (giveUpAt !== null && now >= giveUpAt) return { kind: 'give_up' };
  if (now >= checkAt) return { kind: 'check' };
  const next = Math.min(checkAt, giveUpAt ?? Number.POSITIVE_INFINITY) - now;
  return { kind: 'wait', ms: Math.max(1, Math.min(next, COMPARE_MS)) };
}

/** What the screen of a parked worker shows, as far as that decides whether a message may be typed. */
export type Shown =
  /** Its input box, and no sign of work. */
  | { kind: 'box' }
  /** The menu of a limit, which this key closes. */
  | { kind: 'menu'; safeKey: string }
  /** Work, also that of a client that tries again. */
  | { kind: 'work' }
  /** Whatever else: a dialog, an unknown screen, none. */
  | { kind: 'other'; what: string };

export type Continuation =
  /** The limit still holds. */
  | { kind: 'park'; until: number | null }
  /** It goes on by itself. */
  | { kind: 'leave' }
  | { kind: 'hold'; why: string }
  | { kind: 'close_menu'; key: string }
  | { kind: 'send' };

/**
 * What to do with a parked worker whose check is due. `limit`: what its account says now; null if it says that the
 * limit is over, or nothing can be asked. Pure.
 */
export function decideContinuation(given: {
  limit: { until: number | null } | null;
  shown: Shown;
  now: number;
}): Continuation {
  const { limit, shown, now } = given;
  // An account whose limit should have reset by its own words is not waited for any longer.
  if (limit && (limit.until === null || limit.until > now)) return { kind: 'park', until: limit.until };
  switch (shown.kind) {
    case 'work':
      return { kind: 'leave' };
    case 'menu':
      return { kind: 'close_menu', key: shown.safeKey };
    case 'other':
      return { kind: 'hold', why: shown.what };
    case 'box':
      return { kind: 'send' };
  }
}
