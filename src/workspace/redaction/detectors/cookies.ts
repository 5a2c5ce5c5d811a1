import { matchAt } from '../text/readers.ts';
import { isPlaceholder, isRandom } from '../text/values.ts';
import type { View } from '../text/view.ts';
import { codesExcept, NEW_PARAGRAPH, readRun, spansParagraphs, startsWord } from '../text/view.ts';
import type { Detection, Detector, SecretFinding } from './detector.ts';
import { NOTHING } from './detector.ts';

const HEADER = /(?:2|[-_]?jar|s)?\\{0,3}["'`]?\]?[ \t]*(?:[:=]|=>)[ \t]*\\{0,3}["'`]?/iy;
const PAIR = /[ \t]*([\w.!#$%&'*+^`|~-]{1,64})=/y;
const NEXT = /[ \t]*;[ \t]*/y;
/** RFC 6265, section 4.1.1. */
const VALUE = codesExcept('";,\\\'<>(){}');
const LIMITS = { min: 1, full: 4096, max: 4096 };
const MAX_PAIRS = 50;
const ATTRIBUTE = /^(?:path|domain|expires|max-age|samesite|version|priority)$/i;
const OF_A_SESSION = /sess|sid|token|auth|csrf|xsrf|jwt|secret|login|remember|passw|cookie|user|id$/i;

/** `Cookie: a=b; c=d` and `Set-Cookie: a=b; Path=/` (RFC 6265). The pairs that hold more than a setting. */
export const cookies: Detector = {
  starts: ['cookie'],
  isName: true,
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const after = at + start.length;
    const header = matchAt(HEADER, view, after);
    if (!header) return { open: view.flat.length - after < 8 };
    const from = after + header[0].length;
    return spansParagraphs(view, at, from) ? NOTHING : readPairs(view, from);
  },
};

/** The values of `name=value; name=value` that are secrets. */
export function readPairs(view: View, from: number): Detection {
  const found: SecretFinding[] = [];
  let open = view.flat.length - from < 64;
  let at = from;
  for (let count = 0; count < MAX_PAIRS; count++) {
    const pair = matchAt(PAIR, view, at);
    const start = at + (pair?.[0].length ?? 0);
    if (!pair || spansParagraphs(view, at, start) || (count > 0 && view.breaks[at] === NEW_PARAGRAPH)) break;
    const run = readRun(view, start, VALUE, LIMITS);
    const value = view.flat.slice(start, run.end).replace(/[.`]+$/, '');
    open ||= run.open || view.flat.length - run.end < 64;
    if (isSecret(pair[1] ?? '', value)) found.push({ rule: 'cookie', from: start, to: start + value.length });
    const next = matchAt(NEXT, view, run.end);
    at = run.end + (next?.[0].length ?? 0);
    if (!next) break;
  }
  const [finding, ...others] = found;
  return finding ? { finding, others, open } : { open, barrenTo: at };
}

function isSecret(name: string, value: string): boolean {
  if (ATTRIBUTE.test(name) || value.length < 8 || isPlaceholder(value)) return false;
  return OF_A_SESSION.test(name) ? /\d/.test(value) || value.length >= 16 : isRandom(value);
}
