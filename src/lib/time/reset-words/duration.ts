const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** By the first letter, except `mo` and `ms`, which are none of these. */
const UNITS: Record<string, number> = { w: 7 * DAY, d: DAY, h: HOUR, m: MINUTE, s: SECOND };

const UNIT = '(w|wks?|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)(?![a-z])';
const AMOUNT = '(\\d{1,6}(?:[.,]\\d{1,3})?|an?|one|two|three|half an?|half)';
/** No two units in a row can be written without a number between them: `2h15m` is the shortest. */
const PART = new RegExp(`(?:,? ?(?:and )?)?${AMOUNT} ?-?${UNIT}\\.?`, 'iy');
const BEFORE = /(?:in |after )?(?:about |around |approximately |roughly |~ ?|another |less than |under )?/iy;
const AFTER = /(?: from now| ago)(?![a-z])/iy;
/** No limit lasts longer. */
const LONGEST = 400 * DAY;

/** A time from now on (`in 4 days 20 hours`, `2h15m`, `less than a minute`) or before it (`5 minutes ago`); null for other words. */
export function readSpan(text: string, from: number): { ms: number; end: number } | null {
  const at = (pattern: RegExp, offset: number) => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
  let end = from + (at(BEFORE, from)?.[0].length ?? 0);
  let ms = 0;
  let last = Number.POSITIVE_INFINITY;
  let isFirst = true;
  for (let part = at(PART, end); part; part = at(PART, end)) {
    const unit = UNITS[(part[2] ?? '').slice(0, 1).toLowerCase()] ?? 0;
    // `5h 300m` are two times, and so are `1d 2d`: each unit is smaller than the one before it.
    if (unit >= last || (isFirst && /^[, ]/.test(part[0]))) break;
    ms += amountOf(part[1] ?? '') * unit;
    last = unit;
    isFirst = false;
    end += part[0].length;
  }
  if (isFirst || ms > LONGEST) return null;
  const after = at(AFTER, end)?.[0] ?? '';
  return { ms: /ago/i.test(after) ? -ms : ms, end: end + after.length };
}

const WORDS: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  half: 0.5,
  'half a': 0.5,
  'half an': 0.5,
};

const amountOf = (word: string): number => WORDS[word.toLowerCase()] ?? Number(word.replace(',', '.'));
