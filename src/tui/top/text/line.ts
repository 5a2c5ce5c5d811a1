import { clean, partsOf, widthOfPart } from './clean.ts';

/** What a colour means; the palette says which one it is. */
export type Tone =
  | 'good'
  | 'warn'
  | 'bad'
  | 'info'
  | 'parked'
  | 'quiet'
  | 'frame'
  | 'title'
  | 'empty'
  | 'mark'
  | 'key'
  | 'selected';

export interface Style {
  fg?: Tone;
  bg?: Tone;
  /** A colour of a worker's own screen: '#rrggbb', or an index as 'n'. */
  ownFg?: string;
  ownBg?: string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  inverse?: boolean;
}

/** A stretch of a line in one style. Its text is clean: it has no control characters, and its width is known. */
export interface Span {
  readonly text: string;
  readonly width: number;
  readonly style: Style;
}

export type Line = readonly Span[];

const PLAIN: Style = {};

/** A text that may come from anywhere, in a style. */
export function span(text: string, style: Style = PLAIN): Span {
  const shown = clean(text);
  return { text: shown, width: widthOf(shown), style };
}

export const line = (...parts: readonly (Span | string)[]): Line =>
  parts.map((part) => (typeof part === 'string' ? span(part) : part)).filter(({ width }) => width > 0);

/** The columns of a clean text. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const part of partsOf(text)) width += widthOfPart(part);
  return width;
}

export const widthOfLine = (spans: Line): number => spans.reduce((sum, { width }) => sum + width, 0);

const blank = (width: number, style: Style = PLAIN): Span => ({ text: ' '.repeat(width), width, style });

/** The first `width` columns of a line; a wide character that would cross the end is left out. */
export function cut(spans: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const each of spans) {
    if (each.width <= left) {
      kept.push(each);
      left -= each.width;
      continue;
    }
    if (left > 0) kept.push(cutSpan(each, left));
    break;
  }
  return kept;
}

function cutSpan({ text, style }: Span, width: number): Span {
  let kept = '';
  let used = 0;
  for (const part of partsOf(text)) {
    const columns = widthOfPart(part);
    if (used + columns > width) break;
    kept += part;
    used += columns;
  }
  return { text: kept, width: used, style };
}

/** A line without its first columns; half of a wide character becomes a space. */
export function without(spans: Line, columns: number): Line {
  const kept: Span[] = [];
  let left = columns;
  for (const each of spans) {
    if (left >= each.width) {
      left -= each.width;
      continue;
    }
    if (left === 0) kept.push(each);
    else {
      const start = cutSpan(each, left);
      // The wide character across the place counts to neither side.
      const half = left - start.width;
      const rest = each.text.slice(start.text.length);
      const lost = half > 0 ? ([...partsOf(rest)][0] ?? '') : '';
      const text = ' '.repeat(lost === '' ? 0 : widthOfPart(lost) - half) + rest.slice(lost.length);
      kept.push({ text, width: each.width - left, style: each.style });
      left = 0;
    }
  }
  return kept;
}

/** A line with another one over it from a column on. */
export const over = (under: Line, column: number, top: Line): Line => [
  ...fitted(cut(under, column), column),
  ...top,
  ...without(under, column + widthOfLine(top)),
];

const fitted = (spans: Line, width: number): Line => {
  const missing = width - widthOfLine(spans);
  return missing > 0 ? [...spans, blank(missing)] : spans;
};

/** A line of exactly `width` columns: cut with an ellipsis, or filled with spaces. */
export function fit(spans: Line, width: number, fill: Style = PLAIN): Line {
  if (width <= 0) return [];
  const whole = widthOfLine(spans);
  if (whole <= width) return whole === width ? spans : [...spans, blank(width - whole, fill)];
  const short = cut(spans, width - 1);
  const style = spans[short.length - 1]?.style ?? fill;
  const used = widthOfLine(short);
  const rest = width - used - 1;
  return [...short, { text: '…', width: 1, style }, ...(rest > 0 ? [blank(rest, fill)] : [])];
}

/** A text in exactly `width` columns. */
export const cell = (text: string, width: number, style: Style = PLAIN): Line =>
  fit([span(text, style)], width);

/** The same, aligned to the right. */
export function cellEnd(text: string, width: number, style: Style = PLAIN): Line {
  const one = span(text, style);
  return one.width >= width ? fit([one], width) : [blank(width - one.width), one];
}

/** A line with something at its end: the beginning gives way. */
export function spread(start: Line, end: Line, width: number): Line {
  const room = width - widthOfLine(end);
  return room <= 0 ? fit(end, width) : [...fit(start, room), ...end];
}

/** The same text in another style, which adds to the one that it has. */
export const restyled = (spans: Line, style: Style): Line =>
  spans.map((each) => ({ ...each, style: { ...each.style, ...style } }));

/** The same text in one style alone. */
export const plainly = (spans: Line, style: Style): Line => spans.map((each) => ({ ...each, style }));

/** Exactly `height` lines of exactly `width` columns. */
export function block(lines: readonly Line[], width: number, height: number): Line[] {
  const shown = lines.slice(0, height).map((each) => fit(each, width));
  while (shown.length < height) shown.push(fit([], width));
  return shown;
}

/** Without styles. */
export const textOf = (spans: Line): string => spans.map(({ text }) => text).join('');

/** Words wrapped into lines of at most `width` columns; a longer word is broken. */
export function wrapped(text: string, width: number, style: Style = PLAIN): Line[] {
  const lines: Line[] = [];
  for (const paragraph of text.split('\n')) lines.push(...wrappedParagraph(clean(paragraph), width, style));
  return lines;
}

function wrappedParagraph(text: string, width: number, style: Style): Line[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let current = '';
  let used = 0;
  for (const word of text.split(/(?<= )/)) {
    const columns = widthOf(word.trimEnd());
    if (used > 0 && used + columns > room) {
      lines.push(current.trimEnd());
      [current, used] = ['', 0];
    }
    for (const piece of columns > room ? pieces(word, room) : [word]) {
      if (used > 0 && used + widthOf(piece.trimEnd()) > room) {
        lines.push(current.trimEnd());
        [current, used] = ['', 0];
      }
      current += piece;
      used += widthOf(piece);
    }
  }
  return [...lines, current.trimEnd()].map((each) => [span(each, style)]);
}

/** A word in pieces of at most `width` columns. */
function pieces(word: string, width: number): string[] {
  const all: string[] = [''];
  let used = 0;
  for (const part of partsOf(word)) {
    const columns = widthOfPart(part);
    if (used + columns > width) {
      all.push('');
      used = 0;
    }
    all[all.length - 1] += part;
    used += columns;
  }
  return all;
}

/** A line in pieces of at most `width` columns. */
export function wrappedLine(spans: Line, width: number): Line[] {
  const lines: Line[] = [];
  let rest = spans;
  while (widthOfLine(rest) > width) {
    const head = cut(rest, width);
    const used = widthOfLine(head);
    if (used === 0) break;
    lines.push(head);
    rest = without(rest, used);
  }
  return [...lines, rest];
}

/** The characters of a text as a person moves over them: their lengths in the text, and the columns of each. */
export function* partsWithWidth(text: string): Generator<{ length: number; columns: number }> {
  for (const { segment } of segmenter.segment(text)) {
    yield { length: segment.length, columns: widthOf(clean(segment)) };
  }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
