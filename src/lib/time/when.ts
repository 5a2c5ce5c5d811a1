/**
 * A point in time as a person writes it: an ISO time (`2026-03-04T17:00`, local without a zone), the next time of day
 * (`17:30`), or a span from now (`+2h`, `+1h30m`, `+90s`, `+2d`). Null if it is none of them.
 */
export function whenIn(text: string, now: Date): Date | null {
  return spanFrom(text, now) ?? timeOfDay(text, now) ?? isoTime(text);
}

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
/** A hundred years: what is later is a mistake, and no date that can be printed. */
const LONGEST_MS = 100 * 365 * UNITS.d;

function spanFrom(text: string, now: Date): Date | null {
  const [, words] = /^\+((?:\d{1,9}[dhms])+)$/.exec(text.trim()) ?? [];
  if (words === undefined) return null;
  const parts = [...words.matchAll(/(\d+)([dhms])/g)];
  const ms = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  );
  return ms > LONGEST_MS ? null : new Date(now.getTime() + ms);
}

/** Today, or tomorrow if it has passed. */
function timeOfDay(text: string, now: Date): Date | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  const at = (day: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, Number(hours), Number(minutes));
  return at(0) > now ? at(0) : at(1);
}

function isoTime(text: string): Date | null {
  const isIso = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(
    text.trim(),
  );
  if (!isIso) return null;
  // A date alone would be read as UTC.
  if (!isDay(text.trim().slice(0, 10))) return null;
  const time = Date.parse(text.trim().length === 10 ? `${text.trim()}T00:00` : text.trim().replace(' ', 'T'));
  return Number.isNaN(time) ? null : new Date(time);
}

/** Whether the calendar has this day: `Date.parse` takes February 30 for March 2. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
