/** What a row of words says about a moment, before anyone asks which moment that is. */
export interface Pieces {
  year?: number;
  /** 1 to 12. */
  month?: number;
  day?: number;
  /** Both readings of `3/4/2027`: the day may be the first number or the second. */
  swapped?: { month: number; day: number };
  /** 0 is Sunday. */
  weekday?: number;
  /** Days from today. */
  daysAhead?: number;
  hour?: number;
  minute?: number;
  ms?: number;
  zone?: string;
}

/** Reads the piece at an offset: how long it is, or null where it is not of its kind. Throws NonsenseTime. */
type Reader = (text: string, at: number, found: Pieces) => number | null;

/** A word of the right shape that means no time: `25:00`, `Feb 30`. */
export class NonsenseTime extends Error {}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b\\.?';
const YEAR = '(?:,? (\\d{4})(?![\\d:]))?';
const HALF = '(?: ?([ap])(?:m\\b|\\. ?m\\b\\.?))';

const monthOf = (word: string | undefined): number =>
  MONTHS.indexOf((word ?? '').slice(0, 3).toLowerCase()) + 1;

/** A reader of what one pattern matches. A kind of piece is read once: a second clock belongs to other words. */
const reader = (
  pattern: string,
  taken: readonly (keyof Pieces)[],
  take: (groups: (string | undefined)[], found: Pieces) => void,
): Reader => {
  const sticky = new RegExp(pattern, 'iy');
  return (text, at, found) => {
    sticky.lastIndex = at;
    const match = taken.some((key) => found[key] !== undefined) ? null : sticky.exec(text);
    if (!match) return null;
    take(match, found);
    return match[0].length;
  };
};

const DATE = ['month', 'day', 'daysAhead'] as const;

const setDate = (found: Pieces, year: string | undefined, month: number, day: string | undefined): void => {
  if (year !== undefined) found.year = Number(year);
  found.month = month;
  found.day = Number(day);
  if (found.day < 1 || found.day > 31 || month < 1 || month > 12) throw new NonsenseTime();
};

const isoDate = reader(
  '(\\d{4})-(\\d{2})-(\\d{2})(?:T(?=\\d)|(?!\\d))',
  DATE,
  ([, year, month, day], found) => setDate(found, year, Number(month), day),
);

const monthDay = reader(
  `${MONTH} (\\d{1,2})(?:st|nd|rd|th)?(?![\\d:]|${HALF})${YEAR}`,
  DATE,
  ([, month, day, , year], found) => setDate(found, year, monthOf(month), day),
);

const dayMonth = reader(
  `(?:the )?(\\d{1,2})(?:st|nd|rd|th)?[ -](?:of )?${MONTH}(?:-(\\d{4})(?![\\d:]))?${YEAR}`,
  DATE,
  ([, day, month, hyphened, year], found) => setDate(found, hyphened ?? year, monthOf(month), day),
);

const slashDate = reader('(\\d{1,2})/(\\d{1,2})/(\\d{4})(?!\\d)', DATE, ([, one, two, year], found) => {
  const [a, b] = [Number(one), Number(two)];
  if (a > 12) return setDate(found, year, b, one);
  setDate(found, year, a, two);
  if (b <= 12 && a !== b) found.swapped = { month: b, day: a };
});

const dottedDate = reader('(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})(?!\\d)', DATE, ([, day, month, year], found) =>
  setDate(found, year, Number(month), day),
);

const weekday = reader(
  '(?:next |this )?(sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?)\\b\\.?',
  ['weekday', 'daysAhead'],
  ([, word], found) => {
    found.weekday = WEEKDAYS.indexOf((word ?? '').slice(0, 3).toLowerCase());
  },
);

const relativeDay = reader('(today|tonight|tomorrow)\\b', [...DATE, 'weekday'], ([, word], found) => {
  found.daysAhead = word?.toLowerCase() === 'tomorrow' ? 1 : 0;
});

const setClock = (found: Pieces, hour: string | undefined, minute = '0', half?: string): void => {
  const [h, m] = [Number(hour), Number(minute)];
  if (m > 59 || h > (half ? 12 : 24) || (h === 24 && m > 0)) throw new NonsenseTime();
  found.hour = half ? (h % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : h;
  found.minute = m;
};

const CLOCK = ['hour'] as const;

const clock = reader(
  `(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?(?![\\d:])${HALF}?`,
  CLOCK,
  ([, hour, minute, seconds = '0', fraction = '0', half], found) => {
    setClock(found, hour, minute, half);
    if (Number(seconds) > 60) throw new NonsenseTime();
    found.ms = Number(seconds) * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
  },
);

const halfClock = reader(`(\\d{1,2})(?:\\.(\\d{2}))?${HALF}`, CLOCK, ([, hour, minute, half], found) =>
  setClock(found, hour, minute, half),
);

/** A bare hour is one only where the words say so: `tomorrow at 9`, and not `9 requests`. */
const bareHour = reader(
  'at (\\d{1,2})(?: ?(?:h|o.clock))?(?= ?(?:$|[(,;)·•∙|]|\\. ?(?:$|[A-Z])|UTC|GMT|on |today|tomorrow))',
  CLOCK,
  ([, hour], found) => setClock(found, hour),
);

const namedHour = reader('(noon|midnight)\\b', CLOCK, ([, word], found) => {
  found.hour = word?.toLowerCase() === 'noon' ? 12 : 24;
  found.minute = 0;
});

/** The signs of a zone that count without parentheses; any other word behind a time is a word. */
const zone: Reader = (text, at, found) => {
  if (found.zone !== undefined || found.hour === undefined) return null;
  const rest = text.slice(at, at + 60);
  const inParentheses = /^\( ?([\w/+:\u2212-]{1,40})(?: time)? ?\)/i.exec(rest);
  const [whole, word] =
    inParentheses ??
    /^((?:UTC|GMT)(?:[+\u2212-]\d{1,2}(?::?\d{2})?)?|[+\u2212-]\d{2}:?\d{2}|Z)(?![\w:])/.exec(rest) ??
    /^([A-Z][A-Za-z]+(?:\/[\w+-]+)+)/.exec(rest) ??
    /^([A-Z]{1,4}T)(?![\w:])/.exec(rest) ??
    [];
  if (whole === undefined || word === undefined) return null;
  if (/^(?:local|your|in|max|pro)$/i.test(word)) return null;
  // `(weekly)` is a remark. What looks like the name of a zone must be one.
  if (inParentheses && !/[/+:\u2212]|^[A-Z]{1,5}$|^[A-Z][a-z]+$/.test(word)) return null;
  found.zone = word;
  return whole.length;
};

const between = reader('[ ,;@·]|at |on |the |by ', [], () => undefined);

/** Numbers before the readers that would take a part of them. */
const READERS: readonly Reader[] = [
  isoDate,
  slashDate,
  dottedDate,
  monthDay,
  dayMonth,
  weekday,
  relativeDay,
  bareHour,
  clock,
  halfClock,
  namedHour,
  zone,
];

/** The words about a date and a clock from an offset on, in any order. Throws NonsenseTime. */
export function readPieces(text: string, from: number): { found: Pieces; end: number } {
  const found: Pieces = {};
  let at = from;
  let end = from;
  for (;;) {
    const piece = READERS.reduce<number | null>((read, next) => read ?? next(text, at, found), null);
    const length = piece ?? between(text, at, found);
    if (!length) return { found, end };
    at += length;
    if (piece) end = at;
  }
}
