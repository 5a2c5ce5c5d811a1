import type { Screen, ScreenRow, StyleRun } from '../../screen/screen.ts';

export interface CaptureOptions {
  /** Whether the text has escape sequences (`capture-pane -e`); detected when left out. */
  ansi?: boolean;
  title?: string;
  /** Only the last n lines: a dump of the scrollback is classified by its bottom. */
  lines?: number;
}

// A pane rarely has more than 100 rows; lines further up in a dump were on no screen at the end.
const MAX_LINES = 240;

/** The screen that a captured text shows: plain, or with colours as `tmux capture-pane -e` writes them. */
export function screenFromText(text: string, options: CaptureOptions = {}): Screen {
  const lines = text
    .replaceAll('\r\n', '\n')
    .replace(/\n$/, '')
    .split('\n')
    .slice(-(options.lines ?? MAX_LINES));
  const ansi = options.ansi ?? text.includes('\x1b');
  const reader = ansi ? styledReader() : plainRow;
  const rows = lines.map(reader);
  const last = rows.findLastIndex((row) => row.text !== '');
  return {
    cols: rows.reduce((widest, row) => Math.max(widest, row.text.length), 80),
    rows,
    cursor: { row: Math.max(0, last), col: rows[last]?.text.length ?? 0 },
    alternate: false,
    title: options.title ?? '',
  };
}

const plainRow = (line: string): ScreenRow => ({ text: line.trimEnd(), wrapped: false });

type Style = Omit<StyleRun, 'start' | 'end'>;

const ESCAPE = /\x1b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|.)/g;

/** Styles continue from row to row until they are reset, as in a terminal. */
function styledReader(): (line: string) => ScreenRow {
  let style: Style = {};
  return (line) => {
    const runs: StyleRun[] = [];
    let text = '';
    const add = (part: string) => {
      if (part === '') return;
      if (Object.keys(style).length > 0)
        runs.push({ start: text.length, end: text.length + part.length, ...style });
      text += part;
    };
    let from = 0;
    for (const sequence of line.matchAll(ESCAPE)) {
      add(line.slice(from, sequence.index));
      from = sequence.index + sequence[0].length;
      if (sequence[2] === 'm') style = applySgr(style, sequence[1] ?? '');
    }
    add(line.slice(from));
    return { text: text.replace(/[\x00-\x08\x0b-\x1f]/g, '').trimEnd(), wrapped: false, runs };
  };
}

const FLAGS: Record<number, Style> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  7: { inverse: true },
};
const CLEARS: Record<number, (keyof Style)[]> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  27: ['inverse'],
  39: ['fg'],
  49: ['bg'],
};

function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let next: Style = { ...style };
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 0) next = {};
    else if (FLAGS[code]) next = { ...next, ...FLAGS[code] };
    else if (CLEARS[code]) for (const key of CLEARS[code] ?? []) delete next[key];
    else if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes.slice(index + 1));
      index += used;
      if (colour) next[code === 38 ? 'fg' : 'bg'] = colour;
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) next.fg = indexed(code);
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) next.bg = indexed(code - 10);
  }
  return next;
}

const indexed = (code: number): string => String(code >= 90 ? code - 82 : code - 30);

function extendedColour(codes: number[]): [string | undefined, number] {
  if (codes[0] === 5) return [String(codes[1] ?? 0), 2];
  if (codes[0] !== 2) return [undefined, 0];
  const hex = codes.slice(1, 4).map((part) => (part & 255).toString(16).padStart(2, '0'));
  return [`#${hex.join('')}`, 4];
}
