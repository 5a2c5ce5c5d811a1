/**
 * Removes secrets from text before it is stored. A secret is found by its own letters (tokens, private keys) or by what
 * precedes it (headers, URLs, `name = value`), also where a terminal has cut it over rows. Each row of a secret becomes
 * `[redacted:<rule>]`; the rest of the text does not change, and it keeps its number of lines.
 *
 * The rules are our own because existing scanners read files, not screens: they miss secrets that a TUI has cut over
 * rows, answer asynchronously, and lack some of the kinds that coding agents show.
 */
import type { SecretFinding } from './detectors/detector.ts';
import {
  firstOpenRow,
  mayHaveSecrets,
  type SecretScan,
  scan,
  scanRows,
  unfinishedTokens,
} from './scanning/scan.ts';
import { isCredentialName } from './text/names.ts';
import { lastUpTo, type Stripped, strip } from './text/strip.ts';
import type { View } from './text/view.ts';
import { rowAt, viewOf } from './text/view.ts';

const mark = (rule: string) => `[redacted:${rule}]`;

/** The text without its secrets. Idempotent; takes time linear in the length of the text. */
export const redact = (text: string): string => new ScannedText(text).redacted();

export const containsSecret = (text: string): boolean => new ScannedText(text).ranges().length > 0;

/** What is secret in a text, in order and without overlaps. */
export const rangesIn = (text: string): Range[] => new ScannedText(text).ranges();

/** A part of one row of the original text. */
export interface Range {
  rule: string;
  from: number;
  to: number;
}

/**
 * A text as a terminal shows it, and what is secret in it. Colours and invisible characters do not hide a secret; what
 * they hide themselves (links, titles, the clipboard) is read row by row.
 */
export class ScannedText {
  readonly #text: string;
  readonly #shown: Stripped;
  readonly view: View;
  readonly scan: SecretScan;

  /** `isPlain`: the text has lines of printable ASCII only. `inPrivateKey`: it continues a key. */
  constructor(text: string, { inPrivateKey = false, isPlain = false } = {}) {
    this.#text = text;
    this.#shown = strip(text, isPlain);
    this.view = viewOf(this.#shown.text);
    this.scan = scan(this.view, inPrivateKey);
  }

  /** Nothing in it could begin a secret, or name one. */
  get isPlain(): boolean {
    return !mayHaveSecrets(this.view.flat);
  }

  /** A later line could change what is secret in it. */
  get isOpen(): boolean {
    return this.scan.openFrom < this.view.flat.length;
  }

  /** The beginnings of tokens that are too short to be one. */
  unfinishedTokens(): Range[] {
    return this.#original(unfinishedTokens(this.view));
  }

  #original(findings: readonly SecretFinding[]): Range[] {
    const { back } = this.#shown;
    return rangesOf(this.view, findings).map(({ rule, from, to }) => ({
      rule,
      from: back(from),
      to: back(to - 1) + 1,
    }));
  }

  /** In order, without overlaps. */
  ranges(): Range[] {
    const { hidden } = this.#shown;
    const shown = this.#original(this.scan.findings);
    return hidden.length === 0 ? shown : withoutOverlaps([...shown, ...this.#hiddenRanges()]);
  }

  #hiddenRanges(): Range[] {
    const { hidden } = this.#shown;
    const starts: number[] = [];
    let length = 0;
    for (const { from, to } of hidden) {
      starts.push(length);
      length += to - from + 1;
    }
    const texts = hidden.map(({ from, to }) => this.#text.slice(from, to).replace(/[\x00-\x1f]/g, ' '));
    const view = viewOf(texts.join('\n'));
    return rangesOf(view, scanRows(view)).map(({ rule, from, to }) => {
      const index = lastUpTo(starts, from);
      const shift = (hidden[index]?.from ?? 0) - (starts[index] ?? 0);
      return { rule, from: from + shift, to: to + shift };
    });
  }

  redacted(): string {
    return replaced(this.#text, this.ranges());
  }

  /** The same line by line; `lines` are those of the text. */
  redactedLines(lines: readonly string[]): readonly string[] {
    const ranges = this.ranges();
    return ranges.length === 0 ? lines : replaced(this.#text, ranges).split('\n');
  }
}

/** The text with a mark in the place of each range. */
export function replaced(text: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { rule, from, to } of ranges) {
    parts.push(text.slice(copied, from), mark(rule));
    copied = to;
  }
  if (copied === 0) return text;
  parts.push(text.slice(copied));
  return parts.join('');
}

/** Each row's part of each finding. */
function rangesOf(view: View, findings: readonly SecretFinding[]): Range[] {
  const ranges: Range[] = [];
  for (const { rule, from, to } of findings) {
    for (let index = rowAt(view, from); index < view.rows.length; index++) {
      const row = view.rows[index];
      if (!row || row.at >= to) break;
      ranges.push({
        rule,
        from: row.start + Math.max(0, from - row.at),
        to: Math.min(row.end, row.start + to - row.at),
      });
    }
  }
  return ranges;
}

/** In order; what overlaps becomes one, with the rule of the first. */
export function withoutOverlaps(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && range.from < last.to) last.to = Math.max(last.to, range.to);
    else result.push({ ...range });
  }
  return result;
}

/**
 * A JSON value without secrets in its strings and keys. A string under a key that names a credential (`password`,
 * `api_key`, `accessToken`) is replaced as a whole, whatever it looks like.
 */
export function redactDeep<T>(value: T): T {
  return redactedValue(value, false) as T;
}

/** Short texts without secrets, which come again and again: names of keys, rows of a screen that is drawn again. */
const harmless = new Set<string>();
const MOST_HARMLESS = 2000;
const LONGEST_HARMLESS = 300;

function redactedAgain(text: string): string {
  if (harmless.has(text)) return text;
  const redacted = redact(text);
  if (redacted === text && text.length <= LONGEST_HARMLESS) {
    if (harmless.size >= MOST_HARMLESS) harmless.clear();
    harmless.add(text);
  }
  return redacted;
}

function redactedValue(value: unknown, isCredential: boolean): unknown {
  if (typeof value === 'string') {
    const redacted = redactedAgain(value);
    return isCredential && value !== '' && !/^\[redacted:[\w-]+\]$/.test(redacted)
      ? mark('credential')
      : redacted;
  }
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, isCredential));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      redactedAgain(key),
      redactedValue(item, isCredentialName(key)),
    ]),
  );
}

/**
 * Redacts a text that only grows, line by line. Accepts logical lines (without newlines) and returns as many, in order;
 * together they equal `redact` of the whole text. A line waits only while the next one could turn its end into a
 * secret.
 */
export class LineRedactor {
  #heldBack: string[] = [];
  /** Those that are held back have printable ASCII only. */
  #isPlain = true;
  #inPrivateKey = false;

  /** Accepts lines and returns those that may be written now. */
  push(lines: readonly string[]): string[] {
    if (lines.length === 0) return [];
    this.#isPlain = false;
    for (const line of lines) this.#heldBack.push(line);
    const reading = this.#read();
    const { view, scan } = reading;
    const openLine = view.rows[firstOpenRow(view, scan)]?.line ?? this.#heldBack.length;
    if (openLine === 0) return [];
    const ready = reading.redactedLines(this.#heldBack).slice(0, openLine);
    this.#holdBack(this.#heldBack.slice(openLine), scan);
    return ready;
  }

  /** The same for lines of printable ASCII that are joined by newlines; returns as many lines as may be written now. */
  pushPlain({ text, count }: { text: string; count: number }): { text: string; count: number } {
    const all = [...this.#heldBack, text].join('\n');
    const lines = this.#heldBack.length + count;
    this.#isPlain ||= this.#heldBack.length === 0;
    const reading = new ScannedText(all, { inPrivateKey: this.#inPrivateKey, isPlain: this.#isPlain });
    const { view, scan } = reading;
    const ready = view.rows[firstOpenRow(view, scan)]?.line ?? lines;
    if (ready === 0) {
      this.#heldBack = all.split('\n');
      return { text: '', count: 0 };
    }
    const end = startOfLast(all, lines - ready);
    this.#holdBack(ready === lines ? [] : all.slice(end).split('\n'), scan);
    const ranges = reading.ranges().filter(({ from }) => from < end);
    return { text: replaced(ready === lines ? all : all.slice(0, end - 1), ranges), count: ready };
  }

  #holdBack(lines: string[], { inPrivateKey }: SecretScan): void {
    this.#heldBack = lines;
    this.#inPrivateKey = lines.length === 0 && inPrivateKey;
  }

  /** Returns the lines that are held back: the text is over. */
  flush(): string[] {
    const rest = this.pending();
    this.#heldBack = [];
    this.#inPrivateKey = false;
    return rest;
  }

  /** The lines that are held back, redacted as far as possible. Keeps them. */
  pending(): string[] {
    return this.#heldBack.length === 0 ? [] : this.#read().redacted().split('\n');
  }

  #read(): ScannedText {
    return new ScannedText(this.#heldBack.join('\n'), { inPrivateKey: this.#inPrivateKey });
  }
}

/** Where the last lines of a text start, which are not all of it; its end for none. */
function startOfLast(text: string, count: number): number {
  let end = text.length + 1;
  for (let left = count; left > 0; left--) end = text.lastIndexOf('\n', end - 2) + 1;
  return Math.min(end, text.length);
}
