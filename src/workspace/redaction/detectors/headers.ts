import { isPlaceholder } from '../text/values.ts';
import type { View } from '../text/view.ts';
import { BASE64, NEW_PARAGRAPH, OPAQUE, readRun, spansParagraphs, startsWord } from '../text/view.ts';
import type { Detection, Detector } from './detector.ts';
import { NOTHING } from './detector.ts';

const LIMITS = { min: 8, full: 2048, max: 2048 };

/** Skips blanks; a row's end counts as one. Undefined when the word continues. */
function afterBlank(view: View, at: number): number | undefined {
  let i = at;
  while (view.flat[i] === ' ' || view.flat[i] === '\t') i++;
  if (view.breaks[i] === NEW_PARAGRAPH && i < view.flat.length) return undefined;
  return i > at || view.breaks[i] || i === view.flat.length ? i : undefined;
}

/** `Bearer <credentials>` (RFC 6750), in a header or alone. Not the word in prose: `bearer token`. */
export const bearer: Detector = {
  starts: ['bearer'],
  isName: true,
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const from = startsWord(view, at) ? afterBlank(view, at + start.length) : undefined;
    if (from === undefined) return NOTHING;
    const run = readRun(view, from, OPAQUE, LIMITS);
    const token = view.flat.slice(from, run.end).replace(/[.,]+$/, '');
    const opaque = token.length >= 8 && !isPlaceholder(token) && (/\d/.test(token) || isMixed(token));
    return opaque
      ? { finding: { rule: 'bearer-token', from, to: from + token.length }, open: run.open }
      : { open: run.open };
  },
};

/** `Basic <base64 of user:password>` (RFC 7617): decoded, to distinguish it from `basic usage`. */
export const basic: Detector = {
  starts: ['basic'],
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const from = startsWord(view, at) ? afterBlank(view, at + start.length) : undefined;
    if (from === undefined) return NOTHING;
    const run = readRun(view, from, BASE64, LIMITS);
    const token = view.flat.slice(from, run.end);
    return isUserAndPassword(token)
      ? { finding: { rule: 'basic-auth', from, to: run.end }, open: run.open }
      : { open: run.open };
  },
};

const AUTHORIZATION =
  /\\*["'`]?\]?[ \t]*(?:[:=]|=>)[ \t]*\\*["'`]?(?:(?:bearer|basic|token|apikey|api-key|key|digest|negotiate)[ \t]+)?\\*["']?/iy;

/** The value of an Authorization header, whatever its scheme. */
export const authorization: Detector = {
  starts: ['authorization'],
  isName: true,
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const after = at + start.length;
    AUTHORIZATION.lastIndex = after;
    const separator = AUTHORIZATION.exec(view.flat);
    if (!separator)
      return {
        open: /^\\*["'`]?\]?[ \t]*$/.test(view.flat.slice(after, after + 8)) && view.flat.length < after + 8,
      };
    const from = after + separator[0].length;
    if (spansParagraphs(view, after, from)) return NOTHING;
    const run = readRun(view, from, OPAQUE, LIMITS);
    const value = view.flat.slice(from, run.end).replace(/[.,]+$/, '');
    const code =
      (!view.breaks[run.end] && '([{`'.includes(view.flat[run.end] ?? ' ')) ||
      /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value);
    const secret =
      value.length >= 6 &&
      !code &&
      !isPlaceholder(value) &&
      (/\d/.test(value) || /=$/.test(value) || isMixed(value));
    return secret
      ? { finding: { rule: 'authorization', from, to: from + value.length }, open: run.open }
      : { open: run.open, barrenTo: run.end };
  },
};

/** Letters alone are a token only if they are long and mix cases in no word-like order. */
function isMixed(token: string): boolean {
  return (
    token.length >= 16 && (token.match(/[A-Z](?![a-z]{2})|[a-z](?=[A-Z])/g)?.length ?? 0) * 4 >= token.length
  );
}

/** What Basic encodes, and docker's `auth`. */
export function isUserAndPassword(token: string): boolean {
  if (token.length < 8 || !/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return false;
  const decoded = Buffer.from(token, 'base64').toString('utf8');
  return /^[^\p{Cc}\ufffd:]*:[^\p{Cc}\ufffd]*$/u.test(decoded);
}
