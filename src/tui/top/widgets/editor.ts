import type { Key } from '../terminal/input.ts';
import { type Line, partsWithWidth, span, widthOf, wrapped } from '../text/line.ts';
import { closed, type Space, type Widget, type WidgetView } from './widget.ts';

export interface EditorSpec {
  title: string;
  /** Lines above the text. */
  intro?: readonly string[];
  text?: string;
  /** The name under which the text is kept when it is left, to be there again the next time. */
  draft?: string;
  /** Whether Enter finishes it and line ends are not possible. */
  oneLine?: boolean;
  /** What Enter does, in a word: `sends it`. */
  done: string;
  /** Why a text cannot be taken; null if it can. */
  refuses?: (text: string) => string | null;
}

interface Editing {
  text: string;
  /** The place of the cursor: an index in the text. */
  at: number;
  problem: string | null;
}

/**
 * A text of one or more lines. Enter finishes it, as in a chat; Alt-Enter, Ctrl-J, Ctrl-Enter or a backslash before
 * Enter begin a line. A pasted text keeps its lines.
 */
export function editorWidget(spec: EditorSpec): Widget<string> {
  const text = spec.text ?? '';
  return editing(spec, { text, at: text.length, problem: null });
}

function editing(spec: EditorSpec, state: Editing): Widget<string> {
  const { text, at } = state;
  const self: Widget<string> = {
    title: spec.title,
    hint: `Enter ${spec.done}${spec.oneLine ? '' : ' · Alt-Enter or Ctrl-J new line'} · Esc leaves`,
    text,
    input(input, space) {
      if (input.kind === 'paste') return insert(input.text);
      if (input.kind !== 'key') return self;
      if (input.name === 'escape') return closed<string>(null);
      if (input.name === 'enter') return enter(input);
      return editing(spec, { ...edited(state, input, space), problem: null });
    },
    view: (space) => drawn(spec, state, space),
  };
  return self;

  function insert(words: string): Widget<string> {
    const added = spec.oneLine ? words.replace(/\s*\n\s*/g, ' ') : words;
    return editing(spec, {
      text: text.slice(0, at) + added + text.slice(at),
      at: at + added.length,
      problem: null,
    });
  }

  function enter({ alt, ctrl }: Key) {
    if (!spec.oneLine && (alt || ctrl)) return insert('\n');
    if (!spec.oneLine && text[at - 1] === '\\')
      return editing(spec, { text: `${text.slice(0, at - 1)}\n${text.slice(at)}`, at, problem: null });
    const problem = text.trim() === '' ? 'It is empty.' : (spec.refuses?.(text) ?? null);
    return problem === null ? closed(text) : editing(spec, { ...state, problem });
  }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The index one character before or after a place. */
function step(text: string, at: number, by: 1 | -1): number {
  if (by === 1) {
    const next = segmenter
      .segment(text.slice(at, at + 64))
      [Symbol.iterator]()
      .next();
    return next.done ? at : at + next.value.segment.length;
  }
  const before = [...segmenter.segment(text.slice(Math.max(0, at - 64), at))].at(-1);
  return before ? at - before.segment.length : at;
}

const wordBefore = (text: string, at: number): number =>
  at - (/\S*\s*$/.exec(text.slice(0, at))?.[0].length ?? 0);
const wordAfter = (text: string, at: number): number =>
  at + (/^\s*\S*/.exec(text.slice(at))?.[0].length ?? 0);
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

function edited(state: Editing, key: Key, space: Space): Editing {
  const { text, at } = state;
  const moved = (to: number): Editing => ({ ...state, at: to });
  const without = (from: number, to: number): Editing => ({
    ...state,
    text: text.slice(0, from) + text.slice(to),
    at: from,
  });
  switch (key.name) {
    case 'left':
      return moved(key.ctrl || key.alt ? wordBefore(text, at) : step(text, at, -1));
    case 'right':
      return moved(key.ctrl || key.alt ? wordAfter(text, at) : step(text, at, 1));
    case 'home':
      return moved(lineStart(text, at));
    case 'end':
      return moved(lineEnd(text, at));
    case 'up':
      return moved(rowAway(state, space, -1));
    case 'down':
      return moved(rowAway(state, space, 1));
    case 'backspace':
      return without(key.alt ? wordBefore(text, at) : step(text, at, -1), at);
    case 'delete':
      return { ...without(at, step(text, at, 1)), at };
    case 'char':
      break;
    default:
      return state;
  }
  if (!key.ctrl && !key.alt)
    return { ...state, text: text.slice(0, at) + key.text + text.slice(at), at: at + key.text.length };
  const name = `${key.ctrl ? 'ctrl' : 'alt'}-${key.text}`;
  switch (name) {
    case 'ctrl-a':
      return moved(lineStart(text, at));
    case 'ctrl-e':
      return moved(lineEnd(text, at));
    case 'ctrl-b':
      return moved(step(text, at, -1));
    case 'ctrl-f':
      return moved(step(text, at, 1));
    case 'alt-b':
      return moved(wordBefore(text, at));
    case 'alt-f':
      return moved(wordAfter(text, at));
    case 'ctrl-w':
      return without(wordBefore(text, at), at);
    case 'ctrl-u':
      return without(lineStart(text, at), at);
    case 'ctrl-k':
      return { ...without(at, lineEnd(text, at)), at };
    case 'ctrl-d':
      return { ...without(at, step(text, at, 1)), at };
    default:
      return state;
  }
}

interface Row {
  /** The indexes [from, to) of the text that it shows. */
  from: number;
  to: number;
}

/** The text in rows of at most `width` columns; the cursor needs a column of its own at the end. */
function rowsOf(text: string, width: number): Row[] {
  const rows: Row[] = [];
  let from = 0;
  for (const one of text.split('\n')) {
    let start = from;
    let used = 0;
    let index = from;
    for (const { length, columns } of partsWithWidth(one)) {
      if (used + columns > Math.max(2, width - 1)) {
        rows.push({ from: start, to: index });
        [start, used] = [index, 0];
      }
      index += length;
      used += columns;
    }
    rows.push({ from: start, to: index });
    from += one.length + 1;
  }
  return rows;
}

const rowAt = (rows: readonly Row[], at: number): number => rows.findLastIndex(({ from }) => from <= at);

function rowAway({ text, at }: Editing, { width }: Space, by: 1 | -1): number {
  const rows = rowsOf(text, width);
  const row = rowAt(rows, at);
  const [here, there] = [rows[row], rows[row + by]];
  if (!here || !there) return by < 0 ? 0 : text.length;
  return Math.min(there.to, there.from + (at - here.from));
}

function drawn(spec: EditorSpec, { text, at, problem }: Editing, { width, height }: Space): WidgetView {
  const rows = rowsOf(text, width);
  const row = rowAt(rows, at);
  const below: Line[] = problem === null ? [] : [[], ...wrapped(problem, width, { fg: 'bad' })];
  const introRoom = Math.max(0, height - below.length - Math.min(rows.length, 3) - 1);
  const introLines = (spec.intro ?? [])
    .flatMap((each) => wrapped(each, width, { fg: 'quiet' }))
    .slice(0, introRoom);
  const above: Line[] = introLines.length > 0 ? [...introLines, []] : [];
  const space = Math.max(1, height - above.length - below.length);
  const from = Math.max(0, Math.min(row, rows.length - 1) - space + 1);
  const shown = rows.slice(from, from + space).map((each): Line => [span(text.slice(each.from, each.to))]);
  while (shown.length < Math.min(3, space) && !spec.oneLine) shown.push([]);
  const here = rows[row];
  const column = here ? widthOf(span(text.slice(here.from, at)).text) : 0;
  return {
    lines: [...above, ...shown, ...below].slice(0, height),
    cursor: { row: Math.min(height - 1, above.length + row - from), column: Math.min(width - 1, column) },
  };
}
