import type { WindowKind } from './sample.ts';

/** The window that a text names, and its length; null for both halves if it names none. */
export interface NamedWindow {
  kind: WindowKind;
  minutes: number | null;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** The codes that Copilot gives with an error (1.0.102). The global one is the limit of a session. */
const CODES: readonly [pattern: RegExp, window: NamedWindow][] = [
  [/\buser_weekly_rate_limited\b/, { kind: 'weekly', minutes: 7 * DAY }],
  [
    /\b(?:user_global_rate_limited|session_quota_exceeded|global rate limit)\b/i,
    { kind: '5h', minutes: 5 * HOUR },
  ],
];

const NAMES: readonly [pattern: RegExp, window: NamedWindow][] = [
  [/\b(?:5[- ]?(?:h|hr|hours?)|five[- ]hours?|session)\b/i, { kind: '5h', minutes: 5 * HOUR }],
  [/\b(?:weekly|week|7[- ]?(?:d|days?))\b/i, { kind: 'weekly', minutes: 7 * DAY }],
  [/\b(?:daily|24[- ]?(?:h|hours?))\b/i, { kind: 'daily', minutes: DAY }],
  [/\bmonthly\b/i, { kind: 'monthly', minutes: 31 * DAY }],
];

/** `You've hit your 5-hour limit`: which window it is. The one that is named first, next to the word limit if any is. */
export function limitIn(text: string): NamedWindow {
  const coded = CODES.find(([pattern]) => pattern.test(text));
  if (coded) return coded[1];
  const near = /[^.·∙]{0,60}\b(?:limit|quota|usage)\b/i.exec(text)?.[0] ?? text;
  const found = NAMES.flatMap(([pattern, window]) => {
    const at = pattern.exec(near)?.index;
    return at === undefined ? [] : [{ at, window }];
  });
  return found.sort((a, b) => a.at - b.at)[0]?.window ?? { kind: 'unknown', minutes: null };
}
