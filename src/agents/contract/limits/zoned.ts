const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DATE =
  /^(?:([a-z]{3})[a-z]*\.? (\d{1,2})(?:, (\d{4}))?(?:,| at)? )?(\d{1,2})(?::(\d{2}))?\s?(am|pm)?$/i;
const DAY_MS = 86_400_000;

/**
 * `Nov 26, 1:30pm`, `Nov 26 at 13:30` or `4:40am` in the local time of a time zone, as ISO in UTC. Without a
 * year or a date it is the first such moment that is not long past. Null where it is no time.
 */
export function instantInZone(words: string, timeZone: string, now: Date): string | null {
  const match = DATE.exec(words.trim());
  if (!match) return null;
  const hour = hourOf(Number(match[4]), match[6]?.toLowerCase());
  const minute = Number(match[5] ?? 0);
  if (hour > 23 || minute > 59) return null;
  const today = wallClock(now, timeZone);
  if (!today) return null;
  const month = match[1] === undefined ? today.month : MONTHS.indexOf(match[1].toLowerCase());
  if (month < 0) return null;
  const day = Number(match[2] ?? today.day);
  const at = (year: number, shift = 0): number =>
    toUtc(Date.UTC(year, month, day, hour, minute) + shift, timeZone);
  if (match[3] !== undefined) return iso(at(Number(match[3])));
  const first = at(today.year);
  if (match[1] === undefined) return iso(first < now.getTime() ? at(today.year, DAY_MS) : first);
  // In December a reset in January is next year's; one of some hours ago is a reset that has passed.
  return iso(first < now.getTime() - 180 * DAY_MS ? at(today.year + 1) : first);
}

const iso = (ms: number): string => new Date(ms).toISOString();

const hourOf = (hour: number, half: string | undefined): number =>
  half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0);

interface WallClock {
  year: number;
  month: number;
  day: number;
  ms: number;
}

function wallClock(at: Date, timeZone: string): WallClock | null {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(at);
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    const month = of('month') - 1;
    const ms = Date.UTC(of('year'), month, of('day'), of('hour'), of('minute'), of('second'));
    return { year: of('year'), month, day: of('day'), ms };
  } catch {
    return null; // a zone that this system does not know
  }
}

/** The moment at which the local clocks show `wall`; asked twice, since the offset may change in between. */
function toUtc(wall: number, timeZone: string): number {
  const offset = (at: number): number => (wallClock(new Date(at), timeZone)?.ms ?? at) - at;
  const guess = wall - offset(wall);
  return wall - offset(guess);
}
