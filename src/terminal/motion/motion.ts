import type { Screen } from '../screen/screen.ts';
import { isSame, type Move, type MoveKind, movesBetween } from './moves.ts';
import { CLOCK, type Parts, partsOf, type RowSpan, type ScreenPart } from './parts.ts';
import { styleMark } from './style.ts';

/** A move, and where and when it was last seen. */
export interface Moment extends Move {
  part: ScreenPart;
  at: number;
}

/** A screen, and what the rules have found on it. */
export interface MotionSample {
  screen: Screen;
  /** The input box; null if none is known. */
  box: RowSpan | null;
  /** The rows that say what the agent does: where one of them moves, it does it. */
  sign: readonly string[];
}

/** Moves that were seen longer ago do not count. */
export const KEPT_MS = 2000;
/** Moves of one kind are one streak while there are never so long a pause between them. */
const PAUSE_MS = 700;
/** A streak is work once it has so many moves over so long: a redraw is over sooner. */
const STREAK_MS = 600;
const STREAK_MOVES = 4;
/** For how long an agent has worked, as it is drawn beside its sign: `12s`, `1m 2s`. */
const ELAPSED = /\b\d{1,4}\s?s(?:ec)?\b/;
/** Moves closer to each other are one: a screen may be read while it is half drawn. */
const APART_MS = 40;
/** A spinner turns at least so often; an agent runs the command of a statusline less often. */
const TURN_MS = 280;
/** A time counts in seconds: the last count may be that old, with a reserve. */
const COUNT_MS = 1600;
/** Between two looks further apart, something may have moved, or the machine has slept: that is no stillness. */
const MOST_GAP_MS = 10_000;
/** How long a program may take to draw its screen again in another size. */
const RESIZED_MS = 1000;

/** What is kept of a screen for the next one: no more of it than that is compared. */
interface Seen {
  at: number;
  parts: Parts;
  hasBox: boolean;
  sign: readonly string[];
  title: string;
  cols: number;
  rows: number;
  style: number;
}

interface Streak {
  since: number;
  last: number;
  moves: number;
}

/** What moves on the screens of one terminal. Keeps the last screen and two seconds of moves, however many it is given. */
export class Motion {
  #last: Seen | null = null;
  #stillMs = 0;
  #movedAt: number | null = null;
  #resizedAt = Number.NEGATIVE_INFINITY;
  #own: readonly string[] = [];
  #drawn: string | null = null;
  readonly #moments = new Map<string, Moment>();
  readonly #streaks = new Map<string, Streak>();

  /** For how long the agent's own part and its sign were seen not to move, in milliseconds. */
  get stillMs(): number {
    return this.#stillMs;
  }

  /** When they last moved; null if they have not since the first screen. */
  get movedAt(): number | null {
    return this.#movedAt;
  }

  /** The agent's own rows of the last screen. */
  get own(): readonly string[] {
    return this.#own;
  }

  /** The same as one text: the same string while they do not change. */
  get drawn(): string {
    this.#drawn ??= this.#own.join('\n');
    return this.#drawn;
  }

  /** The terminal could not be observed: what comes next is compared with nothing. */
  interrupt(): void {
    this.#last = null;
    this.#streaks.clear();
  }

  /** Its work is over: what moved until now is no sign of more. */
  rest(): void {
    this.#streaks.clear();
  }

  /** Takes the next screen, or the same one again: then it was still in between. */
  see({ screen, box, sign }: MotionSample, now: number): void {
    const last = this.#last;
    const { title, cols, rows } = screen;
    const parts = partsOf(screen, box);
    const style = styleMark(rows, parts.agent.length);
    const seen = { at: now, parts, hasBox: box !== null, sign, title, cols, rows: rows.length, style };
    this.#last = seen;
    const own = movesBetween(this.#own, parts.agent);
    if (own.length > 0) this.#drawn = null;
    this.#own = parts.agent;
    if (last === null) return;
    if (last.cols !== seen.cols || last.rows !== seen.rows) this.#resizedAt = now;
    if (now - this.#resizedAt < RESIZED_MS) return;
    // A box that was not there is a screen half drawn: its rows were the agent's for a moment.
    const isSameShape = last.hasBox === seen.hasBox;
    for (const move of own)
      this.#add({ ...move, kind: isSameShape ? move.kind : 'redrawn', part: 'agent', at: now });
    for (const part of ['box', 'footer'] as const)
      for (const move of movesBetween(last.parts[part], parts[part])) this.#add({ ...move, part, at: now });
    if (last.title !== title)
      for (const move of movesBetween([last.title], [title])) this.#add({ ...move, part: 'title', at: now });
    const hasMoved = own.length > 0 || last.style !== style || this.#hasSignMoved(last, seen);
    this.#stillMs = hasMoved ? 0 : this.#stillMs + observed(now - last.at);
    if (hasMoved) this.#movedAt = now;
  }

  /** What has moved in the last two seconds, each kind once per part, the newest last. */
  moments(now: number): Moment[] {
    return [...this.#moments.values()]
      .filter(({ at }) => now - at < KEPT_MS)
      .sort((one, other) => one.at - other.at);
  }

  /**
   * The moves that are work whatever the screen says: text that is written, or a sign that turns beside something that
   * counts, in the agent's own part, for longer than a redraw takes. Empty if there is none now.
   */
  work(now: number): Moment[] {
    const own = (kind: MoveKind) => this.#moments.get(keyOf('agent', kind));
    const growing = own('growing');
    if (growing && this.#goesOn(keyOf('agent', 'growing'), now)) return [growing];
    const turning = own('turning');
    const counting = own('counting');
    const counts = counting && now - counting.at < COUNT_MS;
    return turning && counts && this.#goesOn(keyOf('agent', 'turning'), now) ? [turning, counting] : [];
  }

  /** Whether a sign turns in the footer, as some agents draw theirs. A statusline is drawn again less often. */
  turnsInFooter(now: number): boolean {
    const key = keyOf('footer', 'turning');
    const streak = this.#streaks.get(key);
    if (!streak || !this.#goesOn(key, now)) return false;
    return (streak.last - streak.since) / (streak.moves - 1) <= TURN_MS;
  }

  /**
   * Whether the sign has moved. In the footer it may be a user's statusline that has the words of a hint and a clock:
   * there it has to turn, or to count for how long the agent has worked.
   */
  #hasSignMoved(last: Seen, { sign, parts, at }: Seen): boolean {
    if (isSame(last.sign, sign)) return false;
    const inFooter = sign.filter((says) => parts.footer.some((row) => row.includes(says)));
    if (inFooter.length < sign.length) return true;
    return (
      this.#goesOn(keyOf('footer', 'turning'), at) ||
      inFooter.some((row) => ELAPSED.test(row) && !CLOCK.test(row))
    );
  }

  #goesOn(key: string, now: number): boolean {
    const streak = this.#streaks.get(key);
    if (!streak || now - streak.last >= PAUSE_MS) return false;
    return streak.moves >= STREAK_MOVES && streak.last - streak.since >= STREAK_MS;
  }

  #add(moment: Moment): void {
    const { part, kind, at } = moment;
    const key = keyOf(part, kind);
    this.#moments.set(key, moment);
    const streak = this.#streaks.get(key);
    if (!streak || at - streak.last >= PAUSE_MS) this.#streaks.set(key, { since: at, last: at, moves: 1 });
    else if (at - streak.last >= APART_MS) Object.assign(streak, { last: at, moves: streak.moves + 1 });
  }
}

const keyOf = (part: ScreenPart, kind: MoveKind): string => `${part} ${kind}`;

const observed = (gapMs: number): number => (gapMs <= MOST_GAP_MS ? gapMs : 0);
