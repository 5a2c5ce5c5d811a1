import type { Detector, Reading } from './detector.ts';
import { NOTHING } from './detector.ts';
import { isMasked } from './values.ts';
import type { View } from './view.ts';
import { NEW_PARAGRAPH, restOfRow, rowUpTo } from './view.ts';

const LONGEST_AUTHORITY = 1024;
const ROWS_OF_AN_AUTHORITY = 12;
/** Ends of an authority (RFC 3986) and what no URL holds. */
const END = /[\s/?#"'`<>\\^{}|()]/;
const KNOWN_SCHEME =
  /\b(?:https?|s?ftps?|ssh|git|wss?|postgres(?:ql)?|mysql2?|mariadb|mssql|sqlserver|mongodb(?:\+srv)?|rediss?|amqps?|nats|kafka|smtps?|imaps?|ldaps?|socks[45]h?|clickhouse)$/i;
/** Documentation writes both parts as the word for themselves: `user:pass`. A database may really have them. */
const SPECIMEN =
  /^(?:user(?:name)?|login|name|u|a|foo|me|abc|123):(?:pass(?:word|wd)?|pwd|secret|p|b|bar|xyz|123)$/i;
const DATABASE = /(?:postgres(?:ql)?|mysql2?|mariadb|mssql|sqlserver|rediss?|amqps?)$/i;

/** `scheme://user:password@host`, any scheme. */
export const urls: Detector = {
  starts: ['://'],
  // A row may end in a colon for many reasons; only behind a known scheme is it half of `://`.
  mayBeCut: (view, at, cut) => cut - at > 1 || KNOWN_SCHEME.test(rowUpTo(view, at).slice(-16)),
  read(view, at, start): Reading {
    const { flat, breaks } = view;
    if (!breaks[at] && !/[A-Za-z0-9+.-]/.test(flat[at - 1] ?? '')) return NOTHING;
    const from = at + start.length;
    let rows = 0;
    let colon = -1;
    let last = -1;
    let i = from;
    for (; i < flat.length && i - from < LONGEST_AUTHORITY; i++) {
      if (breaks[i] && (++rows > ROWS_OF_AN_AUTHORITY || !authorityGoesOn(view, from, i, colon))) break;
      const character = flat[i] ?? '';
      if (END.test(character)) {
        // A `/` in a password ought to be written %2F but often is not; behind a port it begins the path.
        const isPassword = colon >= 0 && flat[from] !== '[' && !/^\d{1,5}$/.test(flat.slice(colon + 1, i));
        if (!isPassword || !'/?#'.includes(character)) break;
      }
      if (character === ':' && colon < 0) colon = i;
      if (character === '@') {
        if (colon < 0) return NOTHING;
        last = i;
      }
    }
    const open = i >= flat.length;
    if (colon < 0 || last < 0) return { open, barrenTo: i };
    const password = flat.slice(colon + 1, last);
    const standsIn = isMasked(password) || /^(?:\[redacted:|\$|%[A-Z])/.test(password);
    const specimen = SPECIMEN.test(flat.slice(from, last)) && !DATABASE.test(rowUpTo(view, at).slice(-12));
    if (standsIn || specimen) return { open };
    return { finding: { rule: 'url-password', from: colon + 1, to: last }, open };
  },
};

/** `http://localhost:3000` at a row's end is whole, though the next row (a prompt) may read `root@box`. */
function authorityGoesOn(view: View, from: number, cut: number, colon: number): boolean {
  if (view.breaks[cut] === NEW_PARAGRAPH) return false;
  const soFar = view.flat.slice(from, cut);
  if (/^[\w.-]+:\d{2,5}$/.test(soFar) && /^(?:localhost|[\d.]+|.*\.[a-z]+):/i.test(soFar)) return false;
  const next = restOfRow(view, cut);
  return colon >= 0 || /[:@]/.test(next.slice(0, LONGEST_AUTHORITY)) || /^[\w.%-]+$/.test(next);
}
