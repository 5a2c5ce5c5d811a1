import { type Line, widthOfLine } from '../text/line.ts';
import { footerPanel, headerLine, nowLine } from './bars.ts';
import {
  asksOf,
  asksTitle,
  detailLines,
  detailTitle,
  factsOf,
  mostScroll,
  tabHits,
  tabLine,
} from './detail-panel.ts';
import { band, type Frame, type FramePart, moved } from './frame.ts';
import { bottom, edge, sides, title } from './frame-lines.ts';
import { type Hit, limitLines, limitsEnd, limitsWant, workersPanel, workersTitle } from './panels.ts';
import { type State, shownWorkers } from './state.ts';

/** The lists at the left, the selected worker at the right. */
export function wideFrame(state: State): Frame {
  const { cols, rows } = state;
  const hasNow = rows >= 22;
  const body = rows - 2 - (hasNow ? 1 : 0);
  const left = Math.min(96, Math.max(58, Math.floor(cols * 0.455)));
  const right = cols - left;
  const [leftParts, leftHits] = leftColumn(state, left, body);
  const { parts: rightParts, hits: rightHits, mostScroll: scrollable } = rightColumn(state, right, body);
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
    mostScroll: scrollable,
    overlay: null,
    cursor: null,
  };
}

function leftColumn(state: State, width: number, height: number): [FramePart[], Hit[]] {
  const inner = width - 2;
  const free = height - 3;
  const listed = Math.max(1, shownWorkers(state).length);
  const least = Math.min(listed, Math.max(4, Math.floor(free * 0.4)));
  const limits = Math.max(2, limitsWant(state, inner, free - least, true));
  const panel = workersPanel(state, inner, free - limits);
  const { start, end } = workersTitle(state);
  const parts: FramePart[] = [
    {
      name: 'limits',
      width,
      lines: [
        edge(title('SUBSCRIPTIONS'), limitsEnd(), width, ['┌', '┐']),
        ...sides(limitLines(state, inner, limits, true), width),
      ],
    },
    {
      name: 'workers',
      width,
      lines: [edge(start, end, width, ['├', '┤']), ...sides(panel.lines, width), bottom(width)],
    },
  ];
  return [parts, [...moved(panel.hits, limits + 2, 1), ...band(1, limits, 0, width, { kind: 'limits' })]];
}

function rightColumn(
  state: State,
  width: number,
  height: number,
): { parts: FramePart[]; hits: Hit[]; mostScroll: number } {
  const inner = width - 2;
  const facts = state.tab !== 'facts' && height >= 26 ? factsOf(state) : [];
  const factRows = facts.length > 0 ? facts.length + 1 : 0;
  const asks = state.tab === 'screen' ? asksOf(state, inner) : [];
  const asked = shortened(asks, Math.floor((height - 2 - factRows) * 0.45) - 1);
  const askRows = asked.length > 0 ? asked.length + 1 : 0;
  const rows = height - 2 - factRows - askRows;
  const tabs = tabLine(state);
  const tabsWidth = widthOfLine(tabs.line);
  const heading = detailTitle(state, width - tabsWidth - 7);
  const part = (name: FramePart['name'], head: Line, lines: readonly Line[]): FramePart[] =>
    lines.length === 0
      ? []
      : [{ name, width, lines: [edge(head, [], width, ['├', '┤']), ...sides(lines, width)] }];
  const parts: FramePart[] = [
    {
      name: 'detail',
      width,
      lines: [edge(heading, tabs.line, width, ['┌', '┐']), ...sides(detailLines(state, inner, rows), width)],
    },
    ...part('asks', asksTitle(state), asked),
    ...part('facts', title('FACTS'), facts),
  ];
  parts.at(-1)?.lines.push(bottom(width));
  const hits = [
    ...tabHits(tabs.places, 0, width - tabsWidth - 3),
    ...band(1, rows, 0, width, { kind: 'detail' }),
    ...band(rows + 2, asked.length, 0, width, { kind: 'key', key: 'a' }),
  ];
  return { parts, hits, mostScroll: mostScroll(state, inner, rows) };
}

/** The beginning, and the last line, which says what to do. None in too few rows. */
const shortened = (lines: readonly Line[], most: number): Line[] =>
  most < 3 ? [] : lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), ...lines.slice(-1)];
