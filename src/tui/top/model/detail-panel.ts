import { block, cut, fit, type Line, line, span, widthOfLine, wrappedLine } from '../text/line.ts';
import { askLines, briefFacts, type TabText, tabText } from './detail-lines.ts';
import { title } from './frame-lines.ts';
import type { Hit } from './panels.ts';
import { type State, selectedWorker, type Tab, tabs } from './state.ts';

const QUIET = { fg: 'quiet' } as const;

/** The tabs, and where each is, from the first column of the line. */
export function tabLine(state: State): { line: Line; places: { from: number; to: number; tab: Tab }[] } {
  let column = 0;
  const places = tabs.map((tab, index) => {
    const from = column;
    const to = from + String(index + 1).length + 1 + tab.length;
    column = to + 2;
    return { from, to, tab };
  });
  const spans = tabs.map((tab, index): Line => {
    const isAt = tab === state.tab;
    return line(
      index === 0 ? '' : '  ',
      span(`${index + 1} `, { fg: 'key' }),
      span(tab, isAt ? { bold: true, inverse: true } : QUIET),
    );
  });
  return { line: spans.flat(), places };
}

/** Where a click selects a tab, if the tabs begin in this column. */
export const tabHits = (places: ReturnType<typeof tabLine>['places'], row: number, column: number): Hit[] =>
  places.map(({ from, to, tab }) => ({
    row,
    from: column + from,
    to: column + to,
    target: { kind: 'tab', tab },
  }));

/** The task in so many columns, and its id if there is enough space for both. */
export function detailTitle(state: State, width: number): Line {
  const worker = selectedWorker(state);
  if (!worker) return title('NO WORKER');
  const { id, task } = worker.session;
  const words = span(task.split('\n', 1)[0] ?? '', { bold: true, fg: 'title' });
  const name = span(id, QUIET);
  const both = words.width + 2 + name.width;
  if (words.width === 0 || width < 4) return [name];
  if (both <= width) return [words, span('  '), name];
  const least = Math.min(words.width, 24);
  if (least + 2 + name.width > width) return fit([words], Math.min(words.width, width));
  return [...fit([words], width - 2 - name.width), span('  '), name];
}

/** The selected tab as it is drawn in so many columns. */
function shownText(state: State, width: number): TabText | null {
  const worker = selectedWorker(state);
  if (!worker) return null;
  const whole = tabText(state.tab, worker, state.detail, width, state.now);
  return state.wraps ? wrappedText(whole, width) : whole;
}

/** How far the selected tab can be scrolled in so many rows. */
export const mostScroll = (state: State, width: number, height: number): number =>
  Math.max(0, (shownText(state, width - 1)?.count ?? 0) - height);

/** The selected tab in so many rows, scrolled. */
export function detailLines(state: State, width: number, height: number): Line[] {
  const inner = width - 1;
  const text = shownText(state, inner);
  if (!text)
    return block([[span(' Select a worker with the arrows, or start one with n.', QUIET)]], width, height);
  const most = Math.max(0, text.count - height);
  const back = Math.min(state.scroll, most);
  const from = text.fromEnd ? most - back : back;
  return block(
    text.lines(from, from + height).map((each) => [span(' '), ...clipped(each, inner)]),
    width,
    height,
  );
}

function wrappedText({ count, lines, fromEnd }: TabText, width: number): TabText {
  const all = lines(0, count).flatMap((each) => wrappedLine(each, width));
  return { count: all.length, lines: (from, to) => all.slice(from, to), fromEnd };
}

/** A row that is longer than the pane ends with a mark. */
const clipped = (spans: Line, width: number): Line =>
  widthOfLine(spans) <= width ? spans : [...fit(cut(spans, width - 1), width - 1), span('›', QUIET)];

/** What it asks or reported. */
export const asksOf = (state: State, width: number): Line[] => {
  const worker = selectedWorker(state);
  const mine = worker && state.detail?.id === worker.session.id ? state.detail : null;
  const brief = mine?.screen.kind === 'loaded' && state.scroll === 0;
  return askLines(mine?.words ?? null, width - 2, { brief }).map((each) => [span(' '), ...each]);
};

export const asksTitle = ({ detail }: State): Line => title(detail?.words?.asks ? 'ASKS' : 'REPORTED');

export const factsOf = (state: State): Line[] => {
  const worker = selectedWorker(state);
  const detail = state.detail?.id === worker?.session.id ? state.detail : null;
  return worker ? briefFacts(worker, detail, state.now).map((each) => [span(' '), ...each]) : [];
};
