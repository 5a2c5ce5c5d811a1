import { block, cut, fit, type Line, line, span, spread, widthOfLine } from '../text/line.ts';
import { askLines, briefFacts, tabText } from './detail-lines.ts';
import { blockRows, flatRows, shortRows } from './limit-rows.ts';
import { STATE_WORDS, type State, selectedWorker, shownWorkers, type Tab, tabs } from './state.ts';
import { glyphOf, workerLines } from './worker-rows.ts';

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

/** The title of a panel without a frame: `── WORKERS ───── / filter ──`. */
export function ruled(title: Line, end: Line, width: number): Line {
  const start = line(span(' ── ', { fg: 'frame' }), ...title, ' ');
  const tail = widthOfLine(end) === 0 ? [] : [span(' '), ...end, span(' ')];
  const room = width - widthOfLine(start) - widthOfLine(tail) - 3;
  if (room < 0 && tail.length > 0) return ruled(title, [], width);
  return fit(
    [...start, span('─'.repeat(Math.max(0, room)), { fg: 'frame' }), ...tail, span('──', { fg: 'frame' })],
    width,
  );
}

const title = (words: string): Line => [span(words, { bold: true, fg: 'title' })];

const whole = (panel: Panel, target: Target, width: number): Hit[] =>
  panel.lines.map((_, row) => ({ row, from: 0, to: width, target }));

/** The subscriptions in so many rows. What does not fit is left out of each first, then counted. */
export function limitLines(state: State, width: number, height: number, isWide: boolean): Line[] {
  const { snapshot, now } = state;
  const all = snapshot?.subscriptions ?? [];
  const least = snapshot?.least ?? 0;
  if (snapshot === null) return block([[span(' …', { fg: 'quiet' })]], width, height);
  if (all.length === 0)
    return block(
      [
        [
          span(' No agent is installed, or none was asked yet: agentpool usage-summary --refresh', {
            fg: 'quiet',
          }),
        ],
      ],
      width,
      height,
    );
  const full = (isWide ? blockRows : flatRows)(all, width, now, least);
  if (full.length <= height) return block(full, width, height);
  const flat = isWide ? flatRows(all, width, now, least) : full;
  if (flat.length <= height) return block(flat, width, height);
  const short = shortRows(all, width, now, least);
  if (short.length <= height) return block(short, width, height);
  const from = Math.min(state.limitsTop, short.length - height + 1);
  const left = short.length - from - (height - 1);
  const more = line(
    span(` … and ${left} more`, { fg: 'quiet' }),
    span(', u shows all limits', { fg: 'quiet' }),
  );
  return block(
    [...short.slice(from, from + height - 1), ...(left > 0 ? [more] : short.slice(from + height - 1))],
    width,
    height,
  );
}

/** How many rows the subscriptions would fill. */
export function limitsWant({ snapshot, now }: State, width: number, isWide: boolean): number {
  const all = snapshot?.subscriptions ?? [];
  return Math.max(1, (isWide ? blockRows : flatRows)(all, width, now, snapshot?.least ?? 0).length);
}

export const limitsTitle = (): Line => title('SUBSCRIPTIONS');

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

/** `TITLE OF THE TASK  ap_…`, and the tabs with their columns from the start of the end part. */
export function detailTitle(state: State): {
  start: Line;
  end: Line;
  tabs: { from: number; to: number; tab: Tab }[];
} {
  const worker = selectedWorker(state);
  const places: { from: number; to: number; tab: Tab }[] = [];
  const end: Line[] = [];
  let column = 0;
  for (const [index, tab] of tabs.entries()) {
    const isAt = tab === state.tab;
    const one = line(
      span(`${index + 1} `, { fg: 'key' }),
      span(tab, isAt ? { bold: true, inverse: true } : { fg: 'quiet' }),
    );
    const width = widthOfLine(one);
    places.push({ from: column, to: column + width, tab });
    end.push(index === 0 ? one : [span('  '), ...one]);
    column += width + 2;
    const place = places[index];
    if (index > 0 && place) Object.assign(place, { from: place.from, to: place.to });
  }
  const start = worker ? line(span(worker.session.id, { fg: 'quiet' })) : title('NO WORKER');
  return { start, end: end.flat(), tabs: places };
}

/** The selected tab in so many rows, scrolled. */
export function detailLines(state: State, width: number, height: number): Line[] {
  const worker = selectedWorker(state);
  if (!worker)
    return block(
      [[span(' Select a worker with the arrows, or start one with n.', { fg: 'quiet' })]],
      width,
      height,
    );
  const { lines, fromEnd } = tabText(state.tab, worker, state.detail, width - 1, state.now);
  const most = Math.max(0, lines.length - height);
  const back = Math.min(state.scroll, most);
  const from = fromEnd ? most - back : back;
  return block(
    lines.slice(from, from + height).map((each) => cut([span(' '), ...each], width)),
    width,
    height,
  );
}

/** What it asks or reported. */
export const asksOf = (state: State, width: number): Line[] => {
  const worker = selectedWorker(state);
  const mine = worker && state.detail?.id === worker.session.id ? state.detail.words : null;
  return askLines(mine, width - 2).map((each) => [span(' '), ...each]);
};

export const asksTitle = ({ detail }: State): Line => title(detail?.words?.asks ? 'ASKS' : 'REPORTED');

export const factsOf = (state: State): Line[] => {
  const worker = selectedWorker(state);
  const detail = state.detail?.id === worker?.session.id ? state.detail : null;
  return worker ? briefFacts(worker, detail, state.now).map((each) => [span(' '), ...each]) : [];
};

export const factsTitle = (): Line => title('FACTS');

/** The first line: who needs a person, and what is wrong. */
export function headerLine(state: State, width: number): Line {
  const { snapshot, now } = state;
  const end = line(
    span(`${dateOf(now)}  `, { fg: 'quiet' }),
    span('?', { fg: 'key' }),
    span(' help ', { fg: 'quiet' }),
  );
  const name = span(' agentpool', { bold: true });
  if (snapshot === null) return spread([name], end, width);
  const counts = countsOf(snapshot.workers.map(({ session }) => session));
  const problem = problemOf(state);
  const start = line(name, '  ', ...(problem ?? counts));
  return spread(start, width - widthOfLine(start) < widthOfLine(end) ? [] : end, width);
}

function countsOf(sessions: readonly { state: string; alive: number }[]): Line {
  const count = (is: (session: { state: string; alive: number }) => boolean) => sessions.filter(is).length;
  const waiting = count(({ state, alive }) => alive === 1 && state.startsWith('AWAITING'));
  const parked = count(({ state, alive }) => alive === 1 && state === 'PARKED');
  const queued = count(({ state }) => state === 'QUEUED');
  const running = count(
    ({ state, alive }) => alive === 1 && !state.startsWith('AWAITING') && state !== 'PARKED',
  );
  const parts: Line = [
    ...(waiting > 0
      ? [span(waiting === 1 ? '1 needs you' : `${waiting} need you`, { fg: 'warn', bold: true })]
      : []),
    ...(running > 0 ? [span(`${running} running`, { fg: 'info' })] : []),
    ...(parked > 0 ? [span(`${parked} parked`, { fg: 'parked' })] : []),
    ...(queued > 0 ? [span(`${queued} queued`, { fg: 'quiet' })] : []),
  ];
  if (parts.length === 0) return [span('nothing runs', { fg: 'quiet' })];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [span(' · ', { fg: 'quiet' }), part]));
}

/** What keeps the dashboard from being true, and what to type; null if nothing does. */
function problemOf({ snapshot }: State): Line | null {
  if (!snapshot) return null;
  const bad = (what: string, next: string): Line =>
    line(span(`✗ ${what}`, { fg: 'bad', bold: true }), span(next === '' ? '' : `: ${next}`, { fg: 'bad' }));
  if (snapshot.trouble) return bad(snapshot.trouble.message, snapshot.trouble.example ?? '');
  if (snapshot.watcher === 'stopped')
    return bad('no watcher runs', 'states may be out of date. Type agentpool sessions, it starts one');
  if (snapshot.watcher === 'silent')
    return bad('the watcher hangs', 'type agentpool watcher stop, then agentpool sessions');
  if (snapshot.readOnly !== null) return bad(`the ledger may only be read (${snapshot.readOnly})`, '');
  return null;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dateOf = (now: Date): string =>
  `${WEEKDAYS[now.getDay()]} ${now.getDate()} ${MONTHS[now.getMonth()]} ${String(now.getHours()).padStart(2, '0')}:${String(now.getMinutes()).padStart(2, '0')}`;

const KEY_NAMES: Readonly<Record<string, string>> = { enter: '⏎' };

/** The last line: the keys that do something now, or what is being typed or was done. */
export function footerPanel(state: State, width: number): Panel {
  const { notice, isFiltering, keys } = state;
  if (isFiltering)
    return {
      lines: [
        fit(
          line(
            span(' Type what to look for', { fg: 'quiet' }),
            span(' · Enter keeps it · Esc clears it', { fg: 'quiet' }),
          ),
          width,
        ),
      ],
      hits: [],
    };
  if (notice) {
    const tone = notice.kind === 'failed' ? 'bad' : notice.kind === 'done' ? 'good' : 'info';
    const sign = notice.kind === 'failed' ? '✗' : notice.kind === 'done' ? '✓' : '…';
    return { lines: [fit(line(span(` ${sign} ${notice.text}`, { fg: tone })), width)], hits: [] };
  }
  const hits: Hit[] = [];
  const spans: Line[] = [];
  let column = 1;
  const possible = keys.filter(({ why }) => why === null);
  for (const { key, label } of possible) {
    const one = line(
      span(KEY_NAMES[key] ?? key, { fg: 'key', bold: true }),
      span(` ${label}`, { fg: 'quiet' }),
    );
    const size = widthOfLine(one);
    if (column + size > width) continue;
    hits.push({ row: 0, from: column, to: column + size, target: { kind: 'key', key } });
    spans.push([...one, span('  ')]);
    column += size + 2;
  }
  return { lines: [fit([span(' '), ...spans.flat()], width)], hits };
}

/** The latest events in one line. */
export function nowLine({ snapshot }: State, width: number): Line {
  const parts = (snapshot?.recent ?? []).flatMap(({ at, state, task }, index) => {
    const [glyph, tone] = glyphOf(state);
    return [
      ...(index > 0 ? [span(' · ', { fg: 'frame' })] : []),
      span(`${hourOf(at)} `, { fg: 'quiet' }),
      span(`${glyph} `, { fg: tone }),
      span(`${STATE_WORDS[state] ?? state} `, index === 0 ? { fg: tone } : { fg: 'quiet' }),
      ...fit([span(task, index === 0 ? {} : { fg: 'quiet' })], Math.min(24, span(task).width)),
    ];
  });
  return fit(line(span(' NOW  ', { bold: true, fg: 'title' }), ...parts), width);
}

const hourOf = (at: string): string => {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
};
