import { block, type Line, line, span } from '../text/line.ts';
import { title } from './frame-lines.ts';
import { blockRows, flatRows, shortRows } from './limit-rows.ts';
import { type State, shownWorkers, type Tab } from './state.ts';
import { workerLines } from './worker-rows.ts';

/** What a click on a place does. */
export type Target =
  | { kind: 'worker'; id: string }
  | { kind: 'tab'; tab: Tab }
  | { kind: 'key'; key: string }
  | { kind: 'limits' }
  | { kind: 'workers' }
  | { kind: 'detail' };

export interface Hit {
  row: number;
  /** The columns [from, to). */
  from: number;
  to: number;
  target: Target;
}

/** Lines of exactly one width, and what is where on them. */
export interface Panel {
  lines: Line[];
  hits: Hit[];
}

const whole = (panel: Panel, target: Target, width: number): Hit[] =>
  panel.lines.map((_, row) => ({ row, from: 0, to: width, target }));

/** The subscriptions in so many rows. What does not fit is left out of each first, then counted. */
export function limitLines(state: State, width: number, height: number, isWide: boolean): Line[] {
  const { snapshot, limitsTop } = state;
  if (snapshot === null) return block([[span(' …', { fg: 'quiet' })]], width, height);
  if (snapshot.subscriptions.length === 0) return block([[span(NONE, { fg: 'quiet' })]], width, height);
  const lines = fullest(state, width, height, isWide);
  if (lines.length <= height) return block(lines, width, height);
  const from = Math.min(limitsTop, lines.length - height + 1);
  const shown = lines.slice(from, from + height - 1);
  const left = lines.length - from - shown.length;
  const more = line(span(` … and ${left} more, u shows all limits`, { fg: 'quiet' }));
  return block([...shown, more], width, height);
}

const NONE = ' No agent was found yet: R looks for them and asks for their limits.';

/** As much of the limits as fits: all in blocks, all, or the tightest of each subscription. */
function fullest({ snapshot, now }: State, width: number, height: number, isWide: boolean): Line[] {
  const all = snapshot?.subscriptions ?? [];
  const least = snapshot?.least ?? 0;
  const blocks = isWide ? blockRows(all, width, now, least) : null;
  if (blocks && blocks.length <= height) return blocks;
  const flat = flatRows(all, width, now, least);
  return flat.length <= height ? flat : shortRows(all, width, now, least);
}

/** How many of so many rows the subscriptions need. */
export const limitsWant = (state: State, width: number, height: number, isWide: boolean): number =>
  Math.max(1, Math.min(height, fullest(state, width, height, isWide).length));

export const limitsEnd = (): Line => [span('R asks again · u all', { fg: 'quiet' })];

/** `WORKERS`, or what is filtered. */
export function workersTitle(state: State): { start: Line; end: Line } {
  const { filter, isFiltering } = state;
  if (!isFiltering && filter === '')
    return { start: title('WORKERS'), end: [span('/ filter · n new', { fg: 'quiet' })] };
  const shown = shownWorkers(state).length;
  const all = state.snapshot?.workers.length ?? 0;
  return {
    start: [
      ...title('WORKERS'),
      span(`  /${filter}`, { fg: 'key' }),
      ...(isFiltering ? [span('▏', { fg: 'key' })] : []),
    ],
    end: [span(`${shown} of ${all}${isFiltering ? '' : ' · Esc clears'}`, { fg: 'quiet' })],
  };
}

export function workersPanel(state: State, width: number, height: number): Panel {
  const { selected, now, snapshot } = state;
  const workers = shownWorkers(state);
  if (workers.length === 0) {
    const words =
      snapshot === null
        ? ' …'
        : snapshot.workers.length === 0
          ? ' No worker yet: n starts one.'
          : ' No worker fits the filter; Esc clears it.';
    const empty = { lines: block([[span(words, { fg: 'quiet' })]], width, height), hits: [] };
    return { ...empty, hits: whole(empty, { kind: 'workers' }, width) };
  }
  const at = Math.max(
    0,
    workers.findIndex(({ session }) => session.id === selected),
  );
  const hasMore = workers.length > height && height > 2;
  const room = hasMore ? height - 1 : height;
  const top = firstRow(state.top, at, room, workers.length);
  const shown = workers.slice(top, top + room);
  const lines = workerLines(shown, width, selected, now);
  const below = workers.length - top - shown.length;
  const note = [top > 0 ? `↑ ${top}` : '', below > 0 ? `↓ ${below} more` : ''].filter(Boolean).join('  ');
  if (hasMore) lines.push([span(`   ${note}`, { fg: 'quiet' })]);
  const hits = shown.map(
    ({ session }, row): Hit => ({ row, from: 0, to: width, target: { kind: 'worker', id: session.id } }),
  );
  const panel = { lines: block(lines, width, height), hits };
  return { ...panel, hits: [...hits, ...whole(panel, { kind: 'workers' }, width)] };
}

/** The first row that is shown, so that the selected one is. */
function firstRow(top: number, at: number, room: number, count: number): number {
  const last = Math.max(0, count - room);
  const from = Math.min(last, Math.max(0, top));
  if (at < from) return at;
  return at >= from + room ? at - room + 1 : from;
}
