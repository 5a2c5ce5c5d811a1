import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { dayAfter } from '../../../lib/time/calendar.ts';

/** A span of time. `start` and `end` are milliseconds since 1970; the end is exclusive. */
export interface Window {
  /** The window as it was requested. */
  spec: string;
  /** The window in words: last 7 days. */
  label: string;
  start: number;
  end: number;
}

export interface WindowRequest {
  since?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const HOUR = 3_600_000;
const UNITS: Record<string, [ms: number, noun: string]> = {
  m: [60_000, 'minute'],
  h: [HOUR, 'hour'],
  d: [24 * HOUR, 'day'],
  w: [7 * 24 * HOUR, 'week'],
};

/**
 * Parses a window. `7d`, `12h`, `30m`, `1w`: back from now. `all`: since the first worker was requested, at `first`.
 * `2026-03-04`: since that day. `A/B`, or A and B as `from` and `to`: whole days in the reader's time zone, or moments
 * (2026-03-04T14:00, with Z or an offset in any zone). Default: 7d.
 * @param command the command that takes the window: the example of an error uses it
 * @throws INVALID_WINDOW
 */
export function windowOf(
  { since, from, to }: WindowRequest,
  now: Date,
  first: number | null,
  command = 'stats',
): Window {
  const refusing = (spec: string): Refuse => ({
    because: (message) =>
      new AgentPoolError('INVALID_WINDOW', message, {
        spec,
        example: shell`agentpool ${command} --since 7d`,
      }),
    forms: `${BEGINNINGS}, a day (2026-03-04), or two days (2026-03-01/2026-03-07)`,
  });
  if (from !== undefined || to !== undefined) {
    const spec = `${from ?? ''}/${to ?? ''}`;
    if (since !== undefined)
      throw refusing(`${since} ${spec}`).because('Use either --since, or --from and --to, not both.');
    return between(spec, from, to, now, first, refusing(spec));
  }
  const spec = since ?? '7d';
  const [begin = '', finish, ...more] = spec.split('/');
  if (more.length > 0) throw unreadable(spec, refusing(spec));
  return finish === undefined
    ? openWindow(spec, now, first, refusing(spec))
    : between(spec, begin, finish, now, first, refusing(spec));
}

/**
 * The moment at which a window begins that goes on to now: what `--since` takes without an end.
 * @param example the command to type next, for an error
 * @throws INVALID_WINDOW
 */
export function beginningOf(since: string, now: Date, first: number | null, example: string): Date {
  const refuse: Refuse = {
    because: (message) => new AgentPoolError('INVALID_WINDOW', message, { since, example }),
    forms: `${BEGINNINGS}, or a day (2026-03-04)`,
  };
  if (since.includes('/')) throw refuse.because('--since takes a beginning only: the page goes on to now.');
  return new Date(openWindow(since, now, first, refuse).start);
}

function openWindow(spec: string, now: Date, first: number | null, refuse: Refuse): Window {
  if (spec === 'all') return { spec, label: 'everything', start: first ?? now.getTime(), end: now.getTime() };
  const [, digits, letter = ''] = /^(\d{1,4})([mhdw])$/.exec(spec) ?? [];
  const unit = UNITS[letter];
  if (digits && unit) {
    const [count, [ms, noun]] = [Number(digits), unit];
    if (count === 0) throw refuse.because('The window is empty.');
    const label = count === 1 ? `last ${noun}` : `last ${count} ${noun}s`;
    return { spec, label, start: now.getTime() - count * ms, end: now.getTime() };
  }
  return between(spec, spec, undefined, now, first, refuse);
}

function between(
  spec: string,
  from: string | undefined,
  to: string | undefined,
  now: Date,
  first: number | null,
  refuse: Refuse,
): Window {
  const start = from === undefined ? (first ?? now.getTime()) : moment(spec, from, refuse).start;
  const end = to === undefined ? now.getTime() : moment(spec, to, refuse).end;
  if (start > now.getTime()) throw refuse.because(`${from} has not begun yet.`);
  if (end <= start && from !== undefined) throw refuse.because(`${to ?? 'now'} is not after ${from}.`);
  const label =
    to === undefined
      ? `since ${from}`
      : from === undefined
        ? `until ${to}`
        : from === to
          ? from
          : `${from} to ${to}`;
  return { spec, label, start, end: Math.max(start, end) };
}

/** The first and the last moment of a day; a moment is both. */
function moment(spec: string, text: string, refuse: Refuse): { start: number; end: number } {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year && month && day) {
    const begin = new Date(Number(year), Number(month) - 1, Number(day));
    // JavaScript would take 31 February as 3 March.
    if (begin.getMonth() !== Number(month) - 1 || begin.getDate() !== Number(day))
      throw unreadable(spec, refuse);
    return { start: begin.getTime(), end: dayAfter(begin).getTime() };
  }
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw unreadable(spec, refuse);
  return { start: time, end: time };
}

interface Refuse {
  because(message: string): AgentPoolError;
  /** What may be written instead. */
  forms: string;
}

const BEGINNINGS = '7d, 12h, 30m, 1w, all';

const unreadable = (spec: string, { because, forms }: Refuse) =>
  because(`${JSON.stringify(spec)} is not a window of time. Use ${forms}.`);
