import { NAME_STARTS, nameKind } from '../text/names.ts';
import { BARE, endsOf, matchAt, VALUE_LIMITS } from '../text/readers.ts';
import type { Writing } from '../text/values.ts';
import { isCredential, isRandom } from '../text/values.ts';
import type { View } from '../text/view.ts';
import {
  codesExcept,
  codesOf,
  NEW_PARAGRAPH,
  NEXT_ASSIGNMENT,
  readRun,
  restOfRow,
  rowUpTo,
  spansParagraphs,
  spansRows,
  WORD_DASH,
} from '../text/view.ts';
import type { Detection, Detector } from './detector.ts';
import { NOTHING, NOTHING_IN_ROW } from './detector.ts';
import { readLoosely } from './loose.ts';

const TO_THE_END = codesExcept('');
const LIMITS = VALUE_LIMITS;
const MAX_VALUE_LENGTH = LIMITS.max;
const MAX_NAME_LENGTH = 64;
/** A quoted value that a TUI cut covers few rows; a quote that never closes is an apostrophe. */
const MAX_QUOTE_ROWS = 24;

/** `NAME = value` in every dialect: env, INI, YAML, JSON, code, command-line flags, XML. */
export const assignments: Detector = {
  starts: NAME_STARTS,
  isName: true,
  // Across a row's end only the start of a word counts. Otherwise every line that ends in `s` or `t` (of `secret`,
  // `token`) would have to wait for the next one.
  mayBeCut: (view, at) => startsWordOfName(view, at),

  read(view, at, start): Detection {
    const end = at + start.length;
    // What the next row begins with may continue the name, or not.
    const ofRow = view.breaks[end] ? readLoosely(view, nameUpTo(view, at, end)) : NOTHING;
    const name = readName(view, at, end);
    if (!view.breaks[end] && isNoName(view, name, at)) return NOTHING_IN_ROW;
    if (name && (isTestResult(view, name) || isStash(view, name))) return NOTHING;
    if (ofRow.finding || !name) return ofRow;
    const value = readSeparator(view, name);
    if (!value) return readLoosely(view, name, isUnfinished(view, name, end));
    const kind = nameKind(name.text);
    if (kind === null) return NOTHING;
    if (spansParagraphs(view, name.from, value.at)) return NOTHING;
    if (/^\\{0,3}$/.test(view.flat.slice(value.at, value.at + 4))) return { open: true };
    // The next row may contain anything: only a value that looks random counts there.
    const crossed = view.breaks[value.at] !== 0 || spansRows(view, name.from, value.at);
    const reading = value.quote
      ? readQuoted(view, name, value, crossed)
      : readBare(view, name, value, crossed);
    return kind === 'certain' ? reading : ifRandom(view, reading);
  },
};

/** Only a random value is a secret after a name that may name other things. */
function ifRandom(view: View, { finding, ...rest }: Detection): Detection {
  return finding && isRandom(view.flat.slice(finding.from, finding.to)) ? { ...rest, finding } : rest;
}

const TEST = /:?[ \t]+test(?:[_-]|(?=[A-Z]))|:?[ \t]+Test(?=[A-Z])/y;

/** `--- PASS: TestLimit2 (0.00s)`, `PASS: test_limit2`: what test runners print. */
const isTestResult = (view: View, { text, from, to }: Name): boolean =>
  text === 'PASS' && (rowUpTo(view, from) === '--- ' || matchAt(TEST, view, to) !== undefined);

/** `stash@{0}: WIP on BRANCH: HASH SUBJECT`, of `git stash list`, where a branch may be called `fix/token`. */
const isStash = (view: View, { from, to }: Name): boolean =>
  view.flat[to] === ':' &&
  /^stash@\{\d+\}: (?:WIP on|On) [\w./-]*$/.test(rowUpTo(view, from)) &&
  /^: [\da-f]{7,12} /.test(restOfRow(view, to));

/** `passes`: a word around the keyword that names nothing. A row's end in or behind it may hide its last letters. */
const isNoName = (view: View, name: Name | undefined, at: number): boolean =>
  name !== undefined &&
  view.flat.length - name.to >= MAX_UNFINISHED &&
  !spansRows(view, at, name.to + 1) &&
  nameKind(name.text) === null;

function startsWordOfName(view: View, at: number): boolean {
  if (view.breaks[at]) return true;
  const before = view.flat[at - 1] ?? '';
  const first = view.flat[at] ?? '';
  return !/[A-Za-z0-9]/.test(before) || (/[a-z0-9]/.test(before) && /[A-Z]/.test(first));
}

interface Name {
  text: string;
  from: number;
  to: number;
}

function readName(view: View, at: number, end: number): Name | undefined {
  const { flat, breaks } = view;
  let to = end;
  while (to - at < MAX_NAME_LENGTH && WORD_DASH.has(flat.charCodeAt(to)) && breaks[to] !== NEW_PARAGRAPH)
    to++;
  if (!AFTER_NAME.has(flat.charCodeAt(to)) && to < flat.length && !breaks[to]) return undefined;
  const name = nameUpTo(view, at, to);
  return to - name.from < MAX_NAME_LENGTH ? name : undefined;
}

function nameUpTo({ flat, breaks }: View, at: number, to: number): Name {
  let from = at;
  while (from > 0 && !breaks[from] && to - from < MAX_NAME_LENGTH && isNamePart(flat.charCodeAt(from - 1)))
    from--;
  return { text: flat.slice(from, to), from, to };
}

const AFTER_NAME = codesOf(' \t"\'`\\]:=?!>|│┃║,(){');
const isNamePart = (code: number) => WORD_DASH.has(code) || code === 0x2e;

interface ValueStart {
  at: number;
  quote: string;
  /** The quote itself is escaped: JSON inside a JSON string. */
  escaped: boolean;
  separator: string;
}

const SEPARATOR = /(?:\\*["'`])?\]?[ \t]*(\??:=?|=>?|!:)(?![=:])[ \t]*/y;
const FLAG = /[ \t]+(?=[^\s-])/y;
const ELEMENT = />/y;
const OPENING = /(?:[bfru]{0,2}(?=\\*["'`]))(\\*)(["'`])/y;

function readSeparator(view: View, name: Name): ValueStart | undefined {
  const { flat } = view;
  const flag = /^--?[A-Za-z]/.test(name.text);
  const element = rowUpTo(view, name.from).endsWith('<');
  const separator =
    sticky(SEPARATOR, flat, name.to) ??
    (flag ? sticky(FLAG, flat, name.to) : undefined) ??
    (element ? sticky(ELEMENT, flat, name.to) : undefined);
  if (!separator) return undefined;
  const at = name.to + separator[0].length;
  const opening = sticky(OPENING, flat, at);
  return {
    at: at + (opening?.[0].length ?? 0),
    quote: opening?.[2] ?? '',
    escaped: Boolean(opening?.[1]),
    separator: separator[1] ?? separator[0].trim(),
  };
}

const BEFORE_SEPARATOR = /^\\*["'`]?\]?[ \t]*$/;
/** What follows a name that the text ends in is shorter. */
const MAX_UNFINISHED = 8;
const LAST_WORDS = ['_access_key', '-access-key', 'accesskey', '_key', '-key', 'key'];

/** Whether the text ends within a name, as `AWS_SECRET_ACC`, or between a name and its separator. */
function isUnfinished(view: View, name: Name, wordEnd: number): boolean {
  if (view.flat.length - name.to >= MAX_UNFINISHED || !BEFORE_SEPARATOR.test(view.flat.slice(name.to)))
    return false;
  const suffix = view.flat.slice(wordEnd, name.to).toLowerCase();
  const continues = name.to === view.flat.length && LAST_WORDS.some((words) => words.startsWith(suffix));
  return continues || nameKind(name.text) === 'certain';
}

function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function readQuoted(view: View, name: Name, start: ValueStart, crossed: boolean): Detection {
  const { flat, breaks } = view;
  const isData = start.separator === '=' || /["']$/.test(rowUpTo(view, name.from).slice(-1));
  const writing = isEnvironment(view, name, start) ? 'environment' : isData ? 'data' : 'quoted';
  let rows = 0;
  let i = start.at;
  for (; i < flat.length && i - start.at < MAX_VALUE_LENGTH; i++) {
    if (breaks[i] === NEW_PARAGRAPH || (breaks[i] && ++rows > MAX_QUOTE_ROWS)) break;
    if (flat[i] === start.quote && (start.escaped || flat[i - 1] !== '\\')) {
      const value = flat.slice(start.at, i).replace(/\\+$/, '');
      return readingOf(view, value, name.text, start.at, crossed, writing, false);
    }
  }
  // No closing quote: checks the rest of the word, so that a row that was cut does not reveal it.
  const open = i >= flat.length;
  const run = readRun(view, start.at, BARE, LIMITS);
  return readingOf(view, flat.slice(start.at, run.end), name.text, start.at, crossed, writing, open);
}

function readBare(view: View, name: Name, start: ValueStart, crossed: boolean): Detection {
  const { flat } = view;
  if (start.separator === '=>') return NOTHING;
  const alone = !crossed && isOwnLine(view, name, start);
  const run = readRun(view, start.at, alone ? TO_THE_END : BARE, LIMITS);
  const value = flat.slice(start.at, run.end);
  const stop = view.breaks[run.end] ? '' : (flat[run.end] ?? '');
  if (isEnvironment(view, name, start) && /^\s?$/.test(stop) && !isCode(value)) {
    return readingOf(view, value, name.text, start.at, crossed, 'environment', run.open);
  }
  if (alone && /[(){}[\]"'`;,]/.test(value)) return readInCode(view, name, start, crossed);
  if (start.separator !== '>' && '([{<'.includes(stop || ' ')) return NOTHING;
  return readingOf(view, value, name.text, start.at, crossed, alone ? 'setting' : 'bare', run.open);
}

function readInCode(view: View, name: Name, start: ValueStart, crossed: boolean): Detection {
  const run = readRun(view, start.at, BARE, LIMITS);
  if (!view.breaks[run.end] && '([{<'.includes(view.flat[run.end] ?? ' ')) return NOTHING;
  return readingOf(view, view.flat.slice(start.at, run.end), name.text, start.at, crossed, 'bare', run.open);
}

/** `NAME=value` or `name: value`, and nothing else on the row: the value may contain any character. */
function isOwnLine(view: View, name: Name, start: ValueStart): boolean {
  return (
    /^(?:[-+$]\s*)?(?:(?:export|set|ENV|declare -x)\s+)?$/.test(rowUpTo(view, name.from)) &&
    /^\S+$/.test(restOfRow(view, start.at))
  );
}

/** `NAME=value` as in a shell, an env file or `docker run -e`, not `const NAME=value`. */
function isEnvironment(view: View, name: Name, start: ValueStart): boolean {
  if (!/^[A-Z][A-Z0-9_]+$/.test(name.text) || start.separator !== '=') return false;
  if (start.at !== name.to + 1 + start.quote.length) return false;
  const before = rowUpTo(view, name.from).slice(-8);
  return /(?:^|[\s"'`+-])$/.test(before) && !/(?:const|let|var|static|final|#define)\s+$/.test(before);
}

const isCode = (value: string) => /^[A-Za-z_.]+[([{]|[;,]$|^["'`[({]/.test(value);

function readingOf(
  view: View,
  value: string,
  name: string,
  from: number,
  crossed: boolean,
  writing: Writing,
  open: boolean,
): Detection {
  for (const end of endsOf(view, from, from + value.length)) {
    const part = value.slice(0, end - from);
    const to = from + secretIn(view, part, name, from, crossed, writing).length;
    if (to > from) return { finding: { rule: 'credential', from, to }, open, barrenTo: to };
  }
  return { open, barrenTo: from + value.length };
}

/** The value without the stop of a sentence; '' if it is no credential. */
function secretIn(
  view: View,
  value: string,
  name: string,
  from: number,
  crossed: boolean,
  writing: Writing,
): string {
  const secret = writing === 'bare' || writing === 'setting' ? value.replace(/[.:,;]+$/, '') : value;
  const certain =
    !crossed ||
    (/\d/.test(secret) && /[A-Za-z]/.test(secret) && !NEXT_ASSIGNMENT.test(restOfRow(view, from)));
  return certain && isCredential(secret, name, writing) ? secret : '';
}
