import { dayAfter } from '../../../lib/time/calendar.ts';
import type { Day } from './stats-schema.ts';

export type { Day };

/** From `start` to just before `end`, in milliseconds since 1970. */
export interface TimeSpan {
  start: number;
  end: number;
}

/** When workers of one provider began, and when they ended (null: they still work), each in any order. */
export interface Work {
  provider: string;
  starts: readonly number[];
  ends: readonly (number | null)[];
}

export interface Parallelism {
  /** The time in which at least one was at work. */
  wall_ms: number;
  /** The sum of the time of all of them. */
  sum_ms: number;
  peak: number;
  /** When the peak was first reached; null if none was at work. */
  peak_at: number | null;
}

export interface Swept {
  all: Parallelism;
  providers: Map<string, Parallelism>;
  /** Every day of the span, with or without work. */
  days: Day[];
}

/**
 * Sweeps once over all beginnings and ends in a span, in order, and counts how many workers were at work together. Of
 * work that begins before the span or ends after it, only the part inside counts.
 */
export function sweep(work: readonly Work[], span: TimeSpan): Swept {
  const providers = [...new Set(work.map(({ provider }) => provider))];
  const running = [...providers, null].map(() => new Level(span.start));
  const all = running[providers.length] ?? new Level(span.start);
  const calendar = new Calendar(span);
  const observations = changesOf(work, providers, span, (provider) => {
    running[provider]?.enter(span.start);
    all.enter(span.start);
  });
  const kinds = 2 * providers.length;
  for (const moment of observations) {
    const at = Math.floor(moment / kinds);
    const kind = moment - at * kinds;
    calendar.advance(at, all.level);
    if (kind >= providers.length) {
      running[kind - providers.length]?.enter(at);
      all.enter(at);
      calendar.spawned();
    } else {
      running[kind]?.leave(at);
      all.leave(at);
    }
  }
  calendar.advance(span.end, all.level);
  for (const level of running) level.advance(span.end);
  return {
    all: all.totals(),
    providers: new Map(providers.map((id, index) => [id, (running[index] ?? all).totals()])),
    days: calendar.days,
  };
}

/**
 * Beginnings and ends as one sorted array of numbers that encode the time, then whether it is an end (ends first: a
 * worker that begins as another ends was not parallel to it), then the provider. Sorting numbers takes a tenth of
 * sorting objects. `already` is called for each worker that was at work before the span.
 */
function changesOf(
  work: readonly Work[],
  providers: readonly string[],
  span: TimeSpan,
  already: (provider: number) => void,
): Float64Array {
  const kinds = 2 * providers.length;
  const observations = new Float64Array(
    work.reduce((sum, { starts, ends }) => sum + starts.length + ends.length, 0),
  );
  let count = 0;
  for (const { provider, starts, ends } of work) {
    const index = providers.indexOf(provider);
    for (const start of starts) {
      if (start < span.start) already(index);
      else if (start < span.end) observations[count++] = start * kinds + providers.length + index;
    }
    for (const end of ends)
      if (end !== null && end >= span.start && end < span.end) observations[count++] = end * kinds + index;
  }
  return observations.subarray(0, count).sort();
}

/** How many workers are at work, and the totals over time. */
class Level {
  level = 0;
  #since: number;
  readonly #totals: Parallelism = { wall_ms: 0, sum_ms: 0, peak: 0, peak_at: null };

  constructor(start: number) {
    this.#since = start;
  }

  enter(at: number): void {
    this.advance(at);
    this.level++;
  }

  leave(at: number): void {
    this.advance(at);
    this.level--;
  }

  advance(at: number): void {
    const passed = at - this.#since;
    // A worker that ended as it began is subtracted before it is added: for no time, the level is one too low.
    if (passed > 0 && this.level > 0) {
      const totals = this.#totals;
      totals.wall_ms += passed;
      totals.sum_ms += passed * this.level;
      if (this.level > totals.peak) {
        totals.peak = this.level;
        totals.peak_at = this.#since;
      }
    }
    this.#since = at;
  }

  totals(): Parallelism {
    return this.#totals;
  }
}

/** Divides time among the calendar days. */
class Calendar {
  readonly days: Day[] = [];
  readonly #ends: number[] = [];
  #today = 0;
  #at: number;

  constructor({ start, end }: TimeSpan) {
    this.#at = start;
    const first = new Date(start);
    let day = new Date(first.getFullYear(), first.getMonth(), first.getDate());
    while (start < end && day.getTime() < end) {
      this.days.push({ day: calendarDay(day), spawned: 0, worker_hours: 0, peak_concurrent: 0 });
      day = dayAfter(day);
      this.#ends.push(day.getTime());
    }
  }

  /** Adds the time since the last moment, with so many workers at work. */
  advance(to: number, level: number): void {
    while (this.#at < to) {
      const dayEnds = this.#ends[this.#today] ?? Number.POSITIVE_INFINITY;
      const until = Math.min(to, dayEnds);
      const day = this.days[this.#today];
      if (day && level > 0) {
        day.worker_hours += (level * (until - this.#at)) / 3_600_000;
        day.peak_concurrent = Math.max(day.peak_concurrent, level);
      }
      this.#at = until;
      if (until === dayEnds) this.#today++;
    }
  }

  spawned(): void {
    const day = this.days[this.#today];
    if (day) day.spawned++;
  }
}

const two = (count: number) => String(count).padStart(2, '0');

/** 2026-03-04. The first answer of Intl takes as long as the whole query. */
const calendarDay = (date: Date) =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
