import { nameKind } from '../text/names.ts';
import { BARE, isAfterBlank, matchAt, valueAt } from '../text/readers.ts';
import { isCredential, isFileName, isPlaceholder, isRandom } from '../text/values.ts';
import type { View } from '../text/view.ts';
import { rowUpTo, spansParagraphs, spansRows } from '../text/view.ts';
import type { Detection } from './detector.ts';
import { NOTHING } from './detector.ts';

interface Name {
  text: string;
  from: number;
  to: number;
}

/** What may be between a name and its value where no `=` or `:` is, and which values count there. */
interface Separator {
  pattern: RegExp;
  /** What the row has before the name. */
  before?: RegExp;
  /** The name and the start of the value must be in one row. */
  isInRow?: boolean;
  /** A blank, or the end of a row, must precede the value. */
  blank?: boolean;
  /** It begins with a sign: it cannot fit where a word follows the name. */
  isSign?: boolean;
  accept(value: string, name: string, isQuoted: boolean): boolean;
}

const random = (value: string) => isRandom(value);
const given = (value: string) =>
  value.length >= 6 && !isPlaceholder(value) && !isFileName(value) && !/^[-/.~]/.test(value);
const unlikeWords = (value: string) => given(value) && /[\d!@#$%^*~]/.test(value) && /[A-Za-z]/.test(value);

const SEPARATORS: readonly Separator[] = [
  // A cell of a table.
  { pattern: /[ \t]*[|│┃║][ \t]*(?=\S)/y, isSign: true, accept: (value) => isRandom(value, 12) },
  // `default = "…"` and `value: …` that belong to the name: Terraform, Kubernetes, CloudFormation, XML.
  {
    pattern:
      /["'`]?[ \t]*[,;{]?[ \t]*(?:\w{1,24}[ \t]*=[ \t]*(?:"[^"\n]{0,80}"|\w{1,20}?)[ \t]*){0,3}\\?["'`]?(?:default|(?:parameter)?value)\\?["'`]?[ \t]*[:=][ \t]*/iy,
    accept: (value, name, isQuoted) => (isQuoted ? isCredential(value, name, 'data') : isRandom(value)),
  },
  // A fallback in code, the second argument of a call, the only one.
  { pattern: /["'`]?[)\]]{0,2}[ \t]*(?:\|\||\?\?)[ \t]*(?=["'`])/y, isSign: true, accept: random },
  { pattern: /["'`]?[)\]]{0,2}[ \t]*,[ \t]*(?=["'`])/y, isSign: true, isInRow: true, accept: random },
  { pattern: /\((?=["'`])/y, isSign: true, isInRow: true, accept: random },
  // Shells: `set -x NAME VALUE`, `config set NAME VALUE`.
  {
    pattern: /[ \t]*(?=\S)/y,
    blank: true,
    before:
      /(?:^|[\s;&])(?:set|setenv|setx|config(?: set)?|configure set|secret set|secrets:set)(?: +-{1,2}\w+){0,3} +$/,
    accept: given,
  },
  // .netrc
  {
    pattern: /[ \t]*(?=\S)/y,
    blank: true,
    before: /(?:^|\s)(?:machine +\S{1,100} +)?login +\S{1,100} +$|^(?:default +)?$/,
    isInRow: true,
    accept: unlikeWords,
  },
  // SQL: `PASSWORD 'x'`.
  {
    pattern: /[ \t]*(?=')/y,
    blank: true,
    before: /\b(?:with|set|user|role|login|=|encrypted) +$/i,
    accept: given,
  },
  // A sentence.
  {
    pattern: /[ \t]*(?:is|was|=|(?:set|reset|changed)? ?to|for \S{1,40} is)(?:[ \t]*:)?[ \t]*(?=[^\s|])/iy,
    accept: unlikeWords,
  },
  // Columns.
  { pattern: /(?:[ \t]{2,}|\t)(?=\S)/y, accept: random },
];
const WORD_NEXT = /[ \t]*\w/y;

/** What the row before a name must end in for any `before` to fit: to look for each of them in every row takes longer. */
const LAST_WORD = /(?:set|setenv|setx|config|with|user|role|login|=|encrypted|default)$/i;

function mayPrecede(row: string): boolean {
  if (row === '') return true;
  if (!row.endsWith(' ')) return false;
  const words = row.trimEnd();
  const last = words.slice(words.lastIndexOf(' ') + 1);
  return words === '' || last.includes('-') || LAST_WORD.test(last.slice(-12)) || words.includes('login ');
}

/** Separators that end in a blank, which the end of a row may replace. */
const MAX_SEPARATOR = 320;

/** A credential after its name without a `=` or `:`. */
export function readLoosely(view: View, name: Name, open = false): Detection {
  if (nameKind(name.text) !== 'certain') return open ? { open } : NOTHING;
  const row = rowUpTo(view, name.from).slice(-MAX_SEPARATOR);
  const hasWordBefore = mayPrecede(row);
  const isBeforeWord = matchAt(WORD_NEXT, view, name.to) !== undefined;
  for (const { pattern, before, isInRow, blank, isSign, accept } of SEPARATORS) {
    if (isSign && isBeforeWord) continue;
    if (before && !(hasWordBefore && before.test(row))) continue;
    const separator = matchAt(pattern, view, name.to);
    if (!separator) continue;
    const at = name.to + separator[0].length;
    if (spansParagraphs(view, name.from, at) || (isInRow && spansRows(view, name.from, at + 1))) continue;
    if (blank && !isAfterBlank(view, at)) continue;
    const isWord = /\w$/.test(separator[0]) && !isAfterBlank(view, at);
    const value = valueAt(view, at, BARE, (text, isQuoted) => accept(text, name.text, isQuoted));
    if (isWord || !value.isAccepted) {
      if (value.open && !isWord) open = true;
      continue;
    }
    return { finding: { rule: 'credential', from: value.from, to: value.to }, open: value.open || open };
  }
  return { open: open || mayContinue(view, name) };
}

/** `variable "db_password" {`: the value may be in a later row. */
const UNFINISHED =
  /^["'`]?[ \t]*[,;{]?[ \t]*(?:\w{1,24}[ \t]*=[ \t]*(?:"[^"\n]{0,80}"|\w{1,20})[ \t]*){0,3}["'`]?\w{0,16}["'`]?$/;

const mayContinue = ({ flat }: View, { to }: Name): boolean =>
  flat.length - to < MAX_SEPARATOR && UNFINISHED.test(flat.slice(to));
