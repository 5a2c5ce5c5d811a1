import { leftOf, type UsageWindow } from '../../agents/contract/limits/sample.ts';
import { shortSpan } from '../../lib/time/duration.ts';
import type { Trend } from './trend.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment in the reader's time zone: `14:00` today, `Thu 14:00` within a week, `1 Dec` after it. */
export function moment(at: string, now: Date, timeZone: string | undefined): string {
  const date = new Date(at);
  const clock = atLimit(date, timeZone);
  const [day, time] = [dayOf(clock), clock.toISOString().slice(11, 16)];
  if (day === dayOf(atLimit(now, timeZone))) return time;
  if (Math.abs(date.getTime() - now.getTime()) < 6 * DAY) return `${WEEKDAYS[clock.getUTCDay()]} ${time}`;
  return `${clock.getUTCDate()} ${MONTHS[clock.getUTCMonth()]}`;
}

/** A moment that is only estimated: `14:10` today, `Thu about 14` within a week, `1 Dec` after it. */
export function roughly(at: string, now: Date, timeZone: string | undefined): string {
  const step = 10 * MINUTE;
  const rounded = new Date(Math.max(now.getTime(), Math.round(Date.parse(at) / step) * step)).toISOString();
  return moment(rounded, now, timeZone).replace(/^(\w{3}) (\d\d):\d\d$/, '$1 about $2');
}

/** The local time as if it were UTC. The system's own zone needs no Intl, whose first use costs 20 ms. */
const atLimit = (at: Date, timeZone: string | undefined): Date =>
  timeZone === undefined
    ? new Date(at.getTime() - at.getTimezoneOffset() * MINUTE)
    : new Date(`${at.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}Z`);

const dayOf = (clock: Date): string => clock.toISOString().slice(0, 10);

/** `weekly (Fable)`; the name if the kind says nothing. */
export const windowLabel = (window: UsageWindow): string => {
  const base =
    window.kind === 'unknown'
      ? window.window_minutes === null
        ? 'limit'
        : shortSpan(window.window_minutes * MINUTE)
      : window.kind.replace('_', ' ');
  return window.scope === null ? base : `${base} (${window.scope})`;
};

/** `weekly 32 % left, resets Thu 14:00, used up Wed 09:00 at this pace`. */
export function windowWords(
  window: UsageWindow,
  trend: Trend | null,
  now: Date,
  timeZone: string | undefined,
): string {
  const label = windowLabel(window);
  if (window.expired) return `${label} ${resetPassed(window, now, timeZone)}`;
  const left = leftOf(window);
  const units =
    window.remaining_units === null ? null : `${window.remaining_units} ${window.unit ?? 'units'} left`;
  const over = (window.used_percent ?? 0) > 100 ? ` (${Math.round(window.used_percent ?? 0)} % used)` : '';
  const said = left === null ? (units ?? 'not reported') : `${Math.round(left)} % left${over}`;
  const unknown = left === 0 ? ', reset unknown' : '';
  const reset = window.reset_at === null ? unknown : `, resets ${moment(window.reset_at, now, timeZone)}`;
  // What is used up needs no forecast.
  return `${label} ${said}${reset}${left === 0 ? '' : pace(trend, now, timeZone)}`;
}

/** `reset 14:30, not checked since`: what a window says whose figures are from before its reset. */
export function resetPassed(
  { reset_at }: Pick<UsageWindow, 'reset_at'>,
  now: Date,
  timeZone: string | undefined,
): string {
  return `reset${reset_at === null ? '' : ` ${moment(reset_at, now, timeZone)}`}, not checked since`;
}

function pace(trend: Trend | null, now: Date, timeZone: string | undefined): string {
  if (!trend || trend.percent_per_hour <= 0) return '';
  if (trend.used_up_at !== null) return `, used up ${moment(trend.used_up_at, now, timeZone)} at this pace`;
  return trend.lasts_until_reset ? ', lasts at this pace' : '';
}
