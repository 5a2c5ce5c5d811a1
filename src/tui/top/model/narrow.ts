import { fit, type Line, widthOfLine } from '../text/line.ts';
import { footerPanel, headerLine } from './bars.ts';
import { asksOf, detailLines, detailTitle, mostScroll, tabHits, tabLine } from './detail-panel.ts';
import { band, type Frame, moved } from './frame.ts';
import { ruled, title } from './frame-lines.ts';
import { limitLines, limitsEnd, limitsWant, workersPanel, workersTitle } from './panels.ts';
import { type State, shownWorkers } from './state.ts';

/** How the rows below the header are shared: the lists get what they need, up to a share each; the rest is the screen's. */
export function shareOut(body: number, wanted: { limits: number; workers: number }) {
  const limits = Math.min(wanted.limits, Math.max(3, Math.floor(body * 0.27)));
  const workers = Math.min(wanted.workers, Math.max(3, Math.floor(body * 0.3)));
  return { limits, workers, detail: body - limits - workers - 3 };
}

/** Everything below each other. */
export function narrowFrame(state: State): Frame {
  const { cols, rows } = state;
  const shares = shareOut(rows - 2, {
    limits: limitsWant(state, cols, Math.floor((rows - 2) * 0.27), false),
    workers: Math.max(1, shownWorkers(state).length),
  });
  const workers = workersPanel(state, cols, shares.workers);
  const { start, end } = workersTitle(state);
  const tabs = tabLine(state);
  const tabsWidth = widthOfLine(tabs.line);
  const heading = detailTitle(state, cols - tabsWidth - 10);
  const footer = footerPanel(state, cols);
  const listRow = 2 + shares.limits;
  const detailRow = listRow + 1 + shares.workers;
  return {
    cols,
    rows,
    rowsOfParts: [
      { name: 'header', width: cols, lines: [headerLine(state, cols)] },
      {
        name: 'limits',
        width: cols,
        lines: [
          ruled(title('SUBSCRIPTIONS'), limitsEnd(), cols),
          ...limitLines(state, cols, shares.limits, false),
        ],
      },
      { name: 'workers', width: cols, lines: [ruled(start, end, cols), ...workers.lines] },
      {
        name: 'detail',
        width: cols,
        lines: [ruled(heading, tabs.line, cols), ...content(state, cols, shares.detail)],
      },
      { name: 'footer', width: cols, lines: footer.lines },
    ],
    hits: [
      ...moved(workers.hits, listRow + 1, 0),
      ...tabHits(tabs.places, detailRow, cols - tabsWidth - 3),
      ...band(2, shares.limits, 0, cols, { kind: 'limits' }),
      ...band(detailRow + 1, shares.detail, 0, cols, { kind: 'detail' }),
      ...moved(footer.hits, rows - 1, 0),
    ],
    mostScroll: mostScroll(state, cols, shares.detail),
    overlay: null,
    cursor: null,
  };
}

/** Where there is no screen, what it asked or reported is shown. */
function content(state: State, cols: number, height: number): Line[] {
  const isScreenless = state.tab === 'screen' && state.detail?.screen.kind === 'failed';
  const asks = isScreenless ? asksOf(state, cols) : [];
  if (asks.length === 0) return detailLines(state, cols, height);
  return Array.from({ length: height }, (_, row) => fit(asks[row] ?? [], cols));
}
