import type { Detector, Reading } from './detector.ts';
import { NOTHING } from './detector.ts';
import type { Writing } from './values.ts';
import { isCredential } from './values.ts';
import type { View } from './view.ts';
import {
  codesExcept,
  codesOf,
  NEW_PARAGRAPH,
  NEXT_ASSIGNMENT,
  readRun,
  restOfRow,
  rowUpTo,
  spansRows,
  WORD_DASH,
} from './view.ts';

/** Last words of credential names; joined pairs are written `api_key`, `api-key`, `apiKey`, `apikey`. */
const WORDS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'pass',
  'secret',
  'token',
  'credential',
  'credentials',
  '_auth',
];
const KEYS = [
  'api',
  'access',
  'secret',
  'private',
  'auth',
  'account',
  'signing',
  'encryption',
  'master',
  'client',
  'service',
  'webhook',
  'license',
  'subscription',
];
const PAIRS = KEYS.flatMap((word) => [`${word}key`, `${word}_key`, `${word}-key`, `${word} key`]);

/**
 * Whether a name such as `DB_PASSWORD`, `apiKey` or `x-api-key` (not `tokens`, `passwordField`, `secretName`) is that
 * of a credential.
 */
export function isCredentialName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word && !/^(?:\d+|b64|base64|prod|dev|test|staging)$/.test(word));
  const last = words.at(-1) ?? '';
  if (last === 'auth') return /^_auth$/i.test(name);
  if (WORDS.includes(last) || (last === 'key' && KEYS.includes(words.at(-2) ?? ''))) return true;
  return /(?:password|passwd|passphrase|secret|token|credentials?|api_?key|secretkey|accesskey|privatekey)\d?$/.test(
    last,
  );
}

/** Ends of a bare value: quotes and brackets of code, separators of lists, shells and queries. */
const BARE = codesExcept('"\'`<>(){}[],;&|\\');
const TO_THE_END = codesExcept('');
const MAX_VALUE_LENGTH = 1024;
const LIMITS = { min: 1, full: MAX_VALUE_LENGTH, max: MAX_VALUE_LENGTH };
const MAX_NAME_LENGTH = 64;
/** A quoted value that a TUI cut covers few rows; a quote that never closes is an apostrophe. */
const MAX_QUOTE_ROWS = 24;

/** `NAME = value` in every dialect: env, INI, YAML, JSON, code, command-line flags, XML. */
export const assignments: Detector = {
  starts: [...WORDS, ...PAIRS],
  // Across a row's end only the start of a word counts. Otherwise every line that ends in `s` or `t` (of `secret`,
  // `token`) would have to wait for the next one.
  mayBeCut: (view, at) => startsWordOfName(view, at),

  read(view, at, start): Reading {
    const name = readName(view, at, at + start.length);
    if (!name) return NOTHING;
    const value = readSeparator(view, name);
    if (!value) return { open: isUnfinished(view, name, at + start.length) };
    if (!isCredentialName(name.text)) return NOTHING;
    if (/^\\{0,3}$/.test(view.flat.slice(value.at, value.at + 4))) return { open: true };
    // The next row may contain anything: only a value that looks random counts there.
    const crossed = view.breaks[value.at] !== 0 || spansRows(view, name.from, value.at);
    if (crossed && view.breaks[value.at] === NEW_PARAGRAPH) return NOTHING;
    return value.quote ? readQuoted(view, name, value, crossed) : readBare(view, name, value, crossed);
  },
};

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
  if (!AFTER_NAME.has(flat.charCodeAt(to)) && to < flat.length) return undefined;
  let from = at;
  while (from > 0 && !breaks[from] && to - from < MAX_NAME_LENGTH && isNamePart(flat.charCodeAt(from - 1)))
    from--;
  return to - from < MAX_NAME_LENGTH ? { text: flat.slice(from, to), from, to } : undefined;
}

const AFTER_NAME = codesOf(' \t"\'`\\]:=?!>');
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
  const flag = name.text.startsWith('--');
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
const LAST_WORDS = ['_access_key', '-access-key', 'accesskey', '_key', '-key', 'key'];

/** Whether the text ends within a name, as `AWS_SECRET_ACC`, or between a name and its separator. */
function isUnfinished(view: View, name: Name, wordEnd: number): boolean {
  if (view.flat.length - name.to >= 8 || !BEFORE_SEPARATOR.test(view.flat.slice(name.to))) return false;
  const suffix = view.flat.slice(wordEnd, name.to).toLowerCase();
  const continues = name.to === view.flat.length && LAST_WORDS.some((words) => words.startsWith(suffix));
  return continues || isCredentialName(name.text);
}

function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function readQuoted(view: View, name: Name, start: ValueStart, crossed: boolean): Reading {
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

function readBare(view: View, name: Name, start: ValueStart, crossed: boolean): Reading {
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

function readInCode(view: View, name: Name, start: ValueStart, crossed: boolean): Reading {
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
): Reading {
  const secret = writing === 'bare' || writing === 'setting' ? value.replace(/[.:,;]+$/, '') : value;
  const certain =
    !crossed ||
    (/\d/.test(secret) && /[A-Za-z]/.test(secret) && !NEXT_ASSIGNMENT.test(restOfRow(view, from)));
  if (!certain || !isCredential(secret, name, writing)) {
    return { open, barrenTo: from + value.length };
  }
  const to = from + secret.length;
  return { finding: { rule: 'credential', from, to }, open, barrenTo: to };
}
