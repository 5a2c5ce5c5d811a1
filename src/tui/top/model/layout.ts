import { fit, type Line, line, over, span, spread, widthOfLine } from '../text/line.ts';
import type { Space } from '../widgets/widget.ts';
import {
  asksOf,
  asksTitle,
  detailLines,
  detailTitle,
  factsOf,
  factsTitle,
  footerPanel,
  type Hit,
  headerLine,
  limitLines,
  limitsTitle,
  limitsWant,
  nowLine,
  ruled,
  type Target,
  workersPanel,
  workersTitle,
} from './panels.ts';
import { type State, selectedWorker, shownWorkers } from './state.ts';

/** The smallest terminal that everything fits into. */
export const SMALLEST = { cols: 60, rows: 16 };
/** From this width on the detail pane is beside the list. */
const WIDE = 116;

/** A part of the frame: lines of exactly its width. */
export interface Part {
  name: 'all' | 'header' | 'limits' | 'workers' | 'detail' | 'asks' | 'facts' | 'now' | 'footer' | 'notice';
  width: number;
  lines: Line[];
}

/** A dialog over the frame. */
export interface Overlay {
  row: number;
  column: number;
  lines: Line[];
  /** Its inside, and where that begins. */
  space: Space;
  inside: { row: number; column: number };
}

export interface Frame {
  cols: number;
  rows: number;
  /** From top to bottom; two columns are beside each other. */
  rowsOfParts: (Part | [Part[], Part[]])[];
  hits: Hit[];
  overlay: Overlay | null;
  /** Where the terminal's cursor is shown; null to hide it. */
  cursor: { row: number; column: number } | null;
}

/** Everything that is drawn, in exactly the terminal's size. Pure. */
export function frameOf(state: State): Frame {
  const { cols, rows } = state;
  if (cols < SMALLEST.cols || rows < SMALLEST.rows) return tooSmall(state);
  const base = cols >= WIDE ? wideFrame(state) : narrowFrame(state);
  if (!state.dialog) return base;
  const { overlay, cursor } = overlayOf(state, state.dialog);
  const lines = linesOf(base).map((under, row) => {
    const top = overlay.lines[row - overlay.row];
    return top ? over(under, overlay.column, top) : under;
  });
  return { ...base, rowsOfParts: [{ name: 'all', width: cols, lines }], overlay, cursor };
}

/** The lines of a whole frame. */
export const linesOf = ({ rowsOfParts }: Frame): Line[] =>
  rowsOfParts.flatMap((row) => {
    if (!Array.isArray(row)) return row.lines;
    const [left, right] = row.map((parts) => parts.flatMap(({ lines }) => lines));
    return (left ?? []).map((each, at) => [...each, ...(right?.[at] ?? [])]);
  });

function tooSmall({ cols, rows }: State): Frame {
  const words = [`${cols}×${rows} is too small`, `at least ${SMALLEST.cols}×${SMALLEST.rows}`, 'q quits'];
  const top = Math.max(0, Math.floor((rows - words.length) / 2));
  const lines = Array.from({ length: rows }, (_, row) => {
    const text = words[row - top] ?? '';
    const indent = Math.max(0, Math.floor((cols - text.length) / 2));
    return fit(
      line(span(' '.repeat(indent)), span(text, row === top ? { bold: true } : { fg: 'quiet' })),
      cols,
    );
  });
  return {
    cols,
    rows,
    rowsOfParts: [{ name: 'notice', width: cols, lines }],
    hits: [],
    overlay: null,
    cursor: null,
  };
}

/** Shares rows among parts: each gets what it wants at most, the first ones their least before the others. */
function narrowFrame(state: State): Frame {
  const { cols, rows } = state;
  const body = rows - 2;
  const limitsWanted = limitsWant(state, cols, false);
  const limits = Math.min(limitsWanted, Math.max(3, Math.floor(body * 0.32)));
  const listed = Math.max(1, shownWorkers(state).length);
  const workers = Math.min(listed, Math.max(3, Math.floor(body * 0.34)));
  const detailRoom = body - (1 + limits) - (1 + workers) - 1;
  const workersPart = workersPanel(state, cols, workers);
  const { start, end } = workersTitle(state);
  const detail = detailTitle(state);
  const asks = asksOf(state, cols);
  const isAsking = state.tab === 'screen' && isScreenless(state) && asks.length > 0;
  const content = isAsking ? padded(asks, cols, detailRoom) : detailLines(state, cols, detailRoom);
  const footer = footerPanel(state, cols);
  const detailRow = 1 + 1 + limits + 1 + workers;
  const header = ruledDetail(state, cols);
  const hits: Hit[] = [
    ...moved(workersPart.hits, 1 + 1 + limits + 1, 0),
    ...tabHits(detail.tabs, detailRow, cols - header.tail),
    ...band(2, limits, 0, cols, { kind: 'limits' }),
    ...band(detailRow + 1, detailRoom, 0, cols, { kind: 'detail' }),
    ...moved(footer.hits, rows - 1, 0),
  ];
  return {
    cols,
    rows,
    rowsOfParts: [
      { name: 'header', width: cols, lines: [headerLine(state, cols)] },
      {
        name: 'limits',
        width: cols,
        lines: [ruled(limitsTitle(), [], cols), ...limitLines(state, cols, limits, false)],
      },
      { name: 'workers', width: cols, lines: [ruled(start, end, cols), ...workersPart.lines] },
      { name: 'detail', width: cols, lines: [header.line, ...content] },
      { name: 'footer', width: cols, lines: footer.lines },
    ],
    hits,
    overlay: null,
    cursor: null,
  };
}

/** Whether there is no screen to show: then what it asked or reported is shown. */
const isScreenless = ({ detail }: State): boolean => detail?.screen.kind === 'failed';

const padded = (lines: readonly Line[], width: number, height: number): Line[] =>
  Array.from({ length: height }, (_, row) => fit(lines[row] ?? [], width));

/** The title of the detail pane; `tail` is how many columns from the end its tabs begin. */
function ruledDetail(state: State, cols: number): { line: Line; tail: number } {
  const { start, end } = detailTitle(state);
  const tail = widthOfLine(end) + 4;
  const task = selectedWorker(state)?.session.task ?? '';
  const room = cols - tail - widthOfLine(start) - 8;
  const title =
    task === '' || room < 8
      ? start
      : [
          ...fit([span(task, { bold: true, fg: 'title' })], Math.min(room, widthOfLine([span(task)]))),
          span('  '),
          ...start,
        ];
  const isCut = cols - tail < widthOfLine(title) + 6;
  return { line: ruled(isCut ? start : title, end, cols), tail };
}

const tabHits = (places: ReturnType<typeof detailTitle>['tabs'], row: number, column: number): Hit[] =>
  places.map(({ from, to, tab }) => ({
    row,
    from: column + from,
    to: column + to,
    target: { kind: 'tab', tab },
  }));

const moved = (hits: readonly Hit[], row: number, column: number): Hit[] =>
  hits.map((hit) => ({ ...hit, row: hit.row + row, from: hit.from + column, to: hit.to + column }));

const band = (row: number, height: number, from: number, to: number, target: Target): Hit[] =>
  Array.from({ length: Math.max(0, height) }, (_, at) => ({ row: row + at, from, to, target }));

const FRAME = { fg: 'frame' } as const;

/** `┌ TITLE ──── end ─┐` */
function edge(title: Line, end: Line, width: number, [left, right]: readonly [string, string]): Line {
  const start: Line = [span(`${left} `, FRAME), ...title, span(' ')];
  const tail: Line = widthOfLine(end) === 0 ? [] : [span(' '), ...end, span(' ')];
  const room = width - widthOfLine(start) - widthOfLine(tail) - 2;
  if (room < 0)
    return tail.length > 0
      ? edge(title, [], width, [left, right])
      : spread(start, [span(right, FRAME)], width);
  return [...start, span('─'.repeat(room), FRAME), ...tail, span(`─${right}`, FRAME)];
}

const sides = (lines: readonly Line[], width: number): Line[] =>
  lines.map((each) => [span('│', FRAME), ...fit(each, width - 2), span('│', FRAME)]);

const bottom = (width: number): Line => [span(`└${'─'.repeat(width - 2)}┘`, FRAME)];

function wideFrame(state: State): Frame {
  const { cols, rows } = state;
  const hasNow = rows >= 22;
  const body = rows - 2 - (hasNow ? 1 : 0);
  const left = Math.min(96, Math.max(58, Math.floor(cols * 0.455)));
  const right = cols - left;
  const [leftParts, leftHits] = leftColumn(state, left, body);
  const [rightParts, rightHits] = rightColumn(state, right, body);
  const footer = footerPanel(state, cols);
  return {
    cols,
    rows,
    rowsOfParts: [
      { name: 'header', width: cols, lines: [headerLine(state, cols)] },
      [leftParts, rightParts],
      ...(hasNow ? [{ name: 'now' as const, width: cols, lines: [nowLine(state, cols)] }] : []),
      { name: 'footer', width: cols, lines: footer.lines },
    ],
    hits: [...moved(leftHits, 1, 0), ...moved(rightHits, 1, left), ...moved(footer.hits, rows - 1, 0)],
    overlay: null,
    cursor: null,
  };
}

function leftColumn(state: State, width: number, height: number): [Part[], Hit[]] {
  const inner = width - 2;
  const room = height - 3;
  const want = limitsWant(state, inner, true);
  const listed = Math.max(1, shownWorkers(state).length);
  const least = Math.min(listed, Math.max(4, Math.floor(room * 0.4)));
  const limits = Math.max(2, Math.min(want, room - least));
  const rows = room - limits;
  const panel = workersPanel(state, inner, rows);
  const { start, end } = workersTitle(state);
  const parts: Part[] = [
    {
      name: 'limits',
      width,
      lines: [
        edge(limitsTitle(), [], width, ['┌', '┐']),
        ...sides(limitLines(state, inner, limits, true), width),
      ],
    },
    {
      name: 'workers',
      width,
      lines: [edge(start, end, width, ['├', '┤']), ...sides(panel.lines, width), bottom(width)],
    },
  ];
  const hits = [...moved(panel.hits, limits + 2, 1), ...band(1, limits, 0, width, { kind: 'limits' })];
  return [parts, hits];
}

function rightColumn(state: State, width: number, height: number): [Part[], Hit[]] {
  const inner = width - 2;
  const facts = state.tab !== 'facts' && height >= 26 ? factsOf(state) : [];
  const factRows = facts.length > 0 ? facts.length + 1 : 0;
  const asks = state.tab === 'screen' ? asksOf(state, inner) : [];
  const most = Math.max(0, Math.floor((height - 2 - factRows) * 0.45));
  const asksShown =
    most < 4 ? [] : asks.length > most - 1 ? [...asks.slice(0, most - 2), ...asks.slice(-1)] : asks;
  const askRows = asksShown.length > 0 ? asksShown.length + 1 : 0;
  const rows = height - 2 - factRows - askRows;
  const { start, end, tabs } = detailTitle(state);
  const task = selectedWorker(state)?.session.task ?? '';
  const room = width - widthOfLine(start) - widthOfLine(end) - 10;
  const words =
    task === '' || room < 8
      ? []
      : [
          ...fit([span(task, { bold: true, fg: 'title' })], Math.min(room, widthOfLine([span(task)]))),
          span('  '),
        ];
  const parts: Part[] = [
    {
      name: 'detail',
      width,
      lines: [
        edge([...words, ...start], end, width, ['┌', '┐']),
        ...sides(detailLines(state, inner, rows), width),
      ],
    },
    ...(askRows > 0
      ? [
          {
            name: 'asks' as const,
            width,
            lines: [edge(asksTitle(state), [], width, ['├', '┤']), ...sides(asksShown, width)],
          },
        ]
      : []),
    ...(factRows > 0
      ? [
          {
            name: 'facts' as const,
            width,
            lines: [edge(factsTitle(), [], width, ['├', '┤']), ...sides(facts, width)],
          },
        ]
      : []),
  ];
  const last = parts.at(-1);
  last?.lines.push(bottom(width));
  const hits = [
    ...tabHits(tabs, 0, width - widthOfLine(end) - 3),
    ...band(1, rows, 0, width, { kind: 'detail' }),
  ];
  return [parts, hits];
}

/** A dialog in the middle, as high as it needs. */
function overlayOf(
  { cols, rows }: State,
  dialog: NonNullable<State['dialog']>,
): { overlay: Overlay; cursor: Frame['cursor'] } {
  const width = Math.min(cols - 4, 100);
  const most = rows - 5;
  const space = { width: width - 4, height: most };
  const view = dialog.view(space);
  const height = Math.min(most, Math.max(1, view.lines.length));
  const column = Math.floor((cols - width) / 2);
  const row = Math.max(1, Math.floor((rows - height - 3) / 2));
  const body = Array.from({ length: height }, (_, at): Line => [span(' '), ...(view.lines[at] ?? [])]);
  const hint: Line = [span(dialog.hint, { fg: 'quiet' })];
  const title: Line = fit(
    [span(dialog.title, { bold: true, fg: 'key' })],
    Math.min(width - 6, widthOfLine([span(dialog.title)])),
  );
  const lines = [
    edge(title, [], width, ['╭', '╮']),
    ...sides(body, width),
    sides([[]], width)[0] ?? [],
    spread(
      [
        span('╰─ ', FRAME),
        ...fit(hint, Math.min(width - 6, widthOfLine(hint))),
        span(` ${'─'.repeat(Math.max(0, width - 6 - Math.min(width - 6, widthOfLine(hint))))}`, FRAME),
      ],
      [span('─╯', FRAME)],
      width,
    ),
  ];
  const inside = { row: row + 1, column: column + 2 };
  const cursor = view.cursor && {
    row: inside.row + view.cursor.row,
    column: inside.column + view.cursor.column,
  };
  return { overlay: { row, column, lines: lines.map((each) => fit(each, width)), space, inside }, cursor };
}

/** What a click on a place does; null for nothing. */
export const targetAt = ({ hits }: Frame, row: number, column: number): Target | null =>
  hits.find((hit) => hit.row === row && hit.from <= column && column < hit.to)?.target ?? null;
