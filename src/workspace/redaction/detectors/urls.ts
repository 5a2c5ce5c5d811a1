import { BARE, valueAt } from '../text/readers.ts';
import { isMasked, isRandom } from '../text/values.ts';
import type { View } from '../text/view.ts';
import { NEW_PARAGRAPH, restOfRow, rowUpTo } from '../text/view.ts';
import type { Detection, Detector } from './detector.ts';
import { NOTHING } from './detector.ts';

const MAX_AUTHORITY_LENGTH = 1024;
const MAX_AUTHORITY_ROWS = 12;
/** Characters that end an authority (RFC 3986) or occur in no URL. */
const END = /[\s/?#"'`<>\\^{}|()]/;
const KNOWN_SCHEME =
  /\b(?:https?|s?ftps?|ssh|git|wss?|postgres(?:ql)?|mysql2?|mariadb|mssql|sqlserver|mongodb(?:\+srv)?|rediss?|amqps?|nats|kafka|smtps?|imaps?|ldaps?|socks[45]h?|clickhouse)$/i;
/** Documentation uses the words themselves: `user:pass`. A database may really have them. */
const SPECIMEN =
  /^(?:user(?:name)?|login|name|u|a|foo|me|abc|123):(?:pass(?:word|wd)?|pwd|secret|p|b|bar|xyz|123)$/i;
const DATABASE = /(?:postgres(?:ql)?|mysql2?|mariadb|mssql|sqlserver|rediss?|amqps?)$/i;

/** `scheme://user:password@host`, any scheme. */
export const urls: Detector = {
  starts: ['://'],
  // A row may end in a colon for many reasons; only after a known scheme is it half of `://`.
  mayBeCut: (view, at, cut) => cut - at > 1 || KNOWN_SCHEME.test(rowUpTo(view, at).slice(-16)),
  read(view, at, start): Detection {
    const { flat, breaks } = view;
    if (!breaks[at] && !/[A-Za-z0-9+.-]/.test(flat[at - 1] ?? '')) return NOTHING;
    const from = at + start.length;
    let rows = 0;
    let colon = -1;
    let last = -1;
    let i = from;
    for (; i < flat.length && i - from < MAX_AUTHORITY_LENGTH; i++) {
      if (breaks[i] && (++rows > MAX_AUTHORITY_ROWS || !authorityContinues(view, from, i, colon))) break;
      const character = flat[i] ?? '';
      if (END.test(character)) {
        // A `/` in a password should be written %2F but often is not; after a port it starts the path.
        const isPassword = colon >= 0 && flat[from] !== '[' && !/^\d{1,5}$/.test(flat.slice(colon + 1, i));
        if (!isPassword || !'/?#'.includes(character)) break;
      }
      if (character === ':' && colon < 0) colon = i;
      if (character === '@') {
        if (colon < 0) return readToken(flat, from, i);
        last = i;
      }
    }
    const open = i >= flat.length;
    if (colon < 0 || last < 0) return { open, barrenTo: i };
    const password = flat.slice(colon + 1, last);
    const isPlaceholder = isMasked(password) || /^(?:\[redacted:|\$|%[A-Z])/.test(password);
    const specimen = SPECIMEN.test(flat.slice(from, last)) && !DATABASE.test(rowUpTo(view, at).slice(-12));
    if (isPlaceholder || specimen || flat.startsWith('[redacted:', from)) return { open };
    // GitHub: the name is the token, the password is `x-oauth-basic`.
    const first = isRandom(flat.slice(from, colon), 20) ? from : colon + 1;
    if (password === 'x-oauth-basic' && first > from) return { open };
    return { finding: { rule: 'url-password', from: first, to: last }, open };
  },
};

/** `https://TOKEN@host`: a name alone is a secret only if it is random. */
function readToken(flat: string, from: number, to: number): Detection {
  return isRandom(flat.slice(from, to)) ? { finding: { rule: 'url-password', from, to } } : NOTHING;
}

/** Parameters of signed URLs (Azure, AWS, Google), of keys in queries, and of OAuth codes. */
export const queries: Detector = {
  starts: [
    ...['sig=', 'signature=', 'code=', 'key=', 'auth=', 'session=', 'sid=', 'ticket=', 'hmac=', 'st='],
    ...['access_key=', 'assertion=', 'nonce=', 'otp=', 'state=', 'jwt=', 'hash=', 'x-amz-credential='],
  ],
  isName: true,
  mayBeCut: (view, at) => /[?&;-]/.test(view.flat[at - 1] ?? ''),
  read(view, at, start): Detection {
    const isSignature = start.startsWith('sig');
    if (view.breaks[at] || !(isSignature ? /[?&;,\s_-]/ : /[?&]/).test(view.flat[at - 1] ?? ''))
      return NOTHING;
    const from = at + start.length;
    const value = valueAt(view, from, BARE, (text) => isRandom(text.replace(/%[0-9A-F]{2}/gi, ''), 18));
    return value.isAccepted
      ? { finding: { rule: 'url-parameter', from: value.from, to: value.to }, open: value.open }
      : { open: value.open, barrenTo: value.to };
  },
};

/** `http://localhost:3000` at a row's end is complete, though the next row (a prompt) may read `root@box`. */
function authorityContinues(view: View, from: number, cut: number, colon: number): boolean {
  if (view.breaks[cut] === NEW_PARAGRAPH) return false;
  const soFar = view.flat.slice(from, cut);
  if (/^[\w.-]+:\d{2,5}$/.test(soFar) && /^(?:localhost|[\d.]+|.*\.[a-z]+):/i.test(soFar)) return false;
  const next = restOfRow(view, cut);
  return colon >= 0 || /[:@]/.test(next.slice(0, MAX_AUTHORITY_LENGTH)) || /^[\w.%-]+$/.test(next);
}
