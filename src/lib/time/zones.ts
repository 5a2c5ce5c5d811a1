/** Local time in one zone: what its clocks show is UTC plus the offset. */
export interface Zone {
  /** Milliseconds east of UTC at this moment. */
  offsetAt(ms: number): number;
}

export const fixedZone = (offsetMs: number): Zone => ({ offsetAt: () => offsetMs });

export const UTC: Zone = fixedZone(0);

/** The zone of this process. Needs no Intl, which cannot name an empty TZ and costs 20 ms at its first use. */
export const SYSTEM_ZONE: Zone = { offsetAt: (ms) => -new Date(ms).getTimezoneOffset() * MINUTE };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A zone of the IANA list, in any case; null where this system knows none of that name. */
export function namedZone(name: string): Zone | null {
  if (/^(?:Etc\/)?(?:Unknown|UTC|GMT|Zulu)$/i.test(name)) return UTC;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { offsetAt: (ms) => shownBy(format, ms) - Math.floor(ms / 1000) * 1000 };
  } catch {
    return null;
  }
}

function shownBy(format: Intl.DateTimeFormat, ms: number): number {
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map(
    (type) => Number(parts[type]),
  ) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Abbreviations that mean one offset wherever agents print them, in hours. */
const OFFSETS: Record<string, number> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  JST: 9,
  KST: 9,
  AEST: 10,
  AEDT: 11,
  ACST: 9.5,
  ACDT: 10.5,
  AWST: 8,
  NZST: 12,
  NZDT: 13,
  HST: -10,
  AKST: -9,
  AKDT: -8,
  PST: -8,
  PDT: -7,
  MST: -7,
  MDT: -6,
  CST: -6,
  CDT: -5,
  EST: -5,
  EDT: -4,
};

/** Abbreviations without a season: `3 PM ET`. */
const SEASONLESS: Record<string, string> = {
  PT: 'America/Los_Angeles',
  MT: 'America/Denver',
  CT: 'America/Chicago',
  ET: 'America/New_York',
};

const OFFSET = /^(?:UTC|GMT)?([+-\u2212])(\d{1,2})(?::?(\d{2}))?$/i;

/** A zone as people and programs write it: `Europe/Berlin`, `UTC`, `GMT+5:30`, `-0700`, `PDT`; null for other words. */
export function zoneOf(word: string): Zone | null {
  const [, sign, hours, minutes = '0'] = OFFSET.exec(word) ?? [];
  if (sign !== undefined) {
    const offset = Number(hours) * HOUR + Number(minutes) * MINUTE;
    return offset <= 15 * HOUR && Number(minutes) < 60 ? fixedZone(sign === '+' ? offset : -offset) : null;
  }
  const upper = word.toUpperCase();
  const offset = Object.hasOwn(OFFSETS, upper) ? OFFSETS[upper] : undefined;
  if (offset !== undefined) return fixedZone(offset * HOUR);
  if (Object.hasOwn(SEASONLESS, upper)) return namedZone(SEASONLESS[upper] ?? '');
  // Intl also takes `EST5EDT` and `Japan`; any shorter word is an abbreviation that means several zones.
  return word.includes('/') || word.length > 4 ? namedZone(word) : null;
}

/** A local date and time; `month` is 1 to 12. */
export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  /** Milliseconds after the minute. */
  ms?: number;
}

const DAY = 24 * HOUR;

/**
 * The moments at which the clocks of a zone show this, in order: two where clocks were put back, one else. A time that
 * they skip is the moment as many minutes after the gap. Empty for a date that does not exist.
 */
export function momentsAt({ year, month, day, hour, minute, ms = 0 }: Wall, zone: Zone): number[] {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return [];
  const wall = midnight.getTime() + hour * HOUR + minute * MINUTE + ms;
  const before = zone.offsetAt(wall - DAY);
  const after = zone.offsetAt(wall + DAY);
  const found = [...new Set([wall - before, wall - after])].filter((at) => at + zone.offsetAt(at) === wall);
  return found.length > 0 ? found.sort((a, b) => a - b) : [wall - before];
}

/** What the clocks of a zone show, as if that were UTC. */
export const shownAt = (ms: number, zone: Zone): Date => new Date(ms + zone.offsetAt(ms));
