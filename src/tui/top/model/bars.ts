import { fit, type Line, line, span, spread, widthOfLine, wrapped } from '../text/line.ts';
import { clockOf } from './detail-lines.ts';
import type { Hit, Panel } from './panels.ts';
import { STATE_WORDS, type State } from './state.ts';
import { glyphOf } from './worker-rows.ts';

/** The first line: who needs a person, and what is wrong. */
export function headerLine(state: State, width: number): Line {
  const { snapshot, now } = state;
  const name = span(' agentpool', { bold: true });
  if (snapshot === null) return spread([name], clockEnd(dateOf(now)), width);
  const counts = countsOf(snapshot.workers.map(({ session }) => session));
  const problem = problemOf(state);
  const start = line(name, '  ', ...(problem ?? counts));
  const left = width - widthOfLine(start) - 2;
  const ends = [dateOf(now), timeOf(now), ''].map(clockEnd);
  return spread(start, ends.find((end) => widthOfLine(end) <= left) ?? [], width);
}

const clockEnd = (words: string): Line =>
  line(
    span(words === '' ? '' : `${words}  `, { fg: 'quiet' }),
    span('?', { fg: 'key' }),
    span(' help ', { fg: 'quiet' }),
  );

function countsOf(sessions: readonly { state: string; alive: number }[]): Line {
  const count = (is: (session: { state: string; alive: number }) => boolean) => sessions.filter(is).length;
  const waiting = count(({ state, alive }) => alive === 1 && state.startsWith('AWAITING'));
  const parked = count(({ state, alive }) => alive === 1 && state === 'PARKED');
  const queued = count(({ state }) => state === 'QUEUED');
  const idle = count(({ state, alive }) => alive === 1 && isIdle(state));
  const running = count(
    ({ state, alive }) =>
      alive === 1 && !state.startsWith('AWAITING') && state !== 'PARKED' && !isIdle(state),
  );
  const parts: Line = [
    ...(waiting > 0
      ? [span(waiting === 1 ? '1 needs you' : `${waiting} need you`, { fg: 'warn', bold: true })]
      : []),
    ...(running > 0 ? [span(`${running} running`, { fg: 'info' })] : []),
    ...(idle > 0 ? [span(`${idle} idle`)] : []),
    ...(parked > 0 ? [span(`${parked} parked`, { fg: 'parked' })] : []),
    ...(queued > 0 ? [span(`${queued} queued`, { fg: 'quiet' })] : []),
  ];
  if (parts.length === 0) return [span('nothing runs', { fg: 'quiet' })];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [span(' · ', { fg: 'quiet' }), part]));
}

/** Its turn, or its task, is over: it waits for more work, or to be collected. */
const isIdle = (state: string): boolean => state === 'IDLE' || state === 'COMPLETED' || state === 'FAILED';

/** What keeps the dashboard from being true, and what to type; null if nothing does. */
function problemOf({ snapshot }: State): Line | null {
  if (!snapshot) return null;
  const bad = (what: string, next: string): Line =>
    line(span(`✗ ${what}`, { fg: 'bad', bold: true }), span(next === '' ? '' : `: ${next}`, { fg: 'bad' }));
  if (snapshot.trouble) return bad(snapshot.trouble.message, snapshot.trouble.example ?? '');
  if (snapshot.watcher === 'stopped')
    return bad('no watcher runs', 'states may be out of date. W starts one');
  if (snapshot.watcher === 'silent')
    return bad('the watcher hangs', 'states may be out of date. W starts another');
  if (snapshot.isConfigInvalid)
    return bad('config.yaml is invalid', 'the last valid one is in force. agentpool config validate');
  if (snapshot.readOnly !== null) return bad(`the ledger may only be read (${snapshot.readOnly})`, '');
  return null;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const timeOf = (at: string | Date): string => clockOf(at).slice(0, 5);

const dateOf = (now: Date): string =>
  `${WEEKDAYS[now.getDay()]} ${now.getDate()} ${MONTHS[now.getMonth()]} ${timeOf(now)}`;

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
  if (notice) return { lines: noticeLines(state, width).slice(0, 1), hits: [] };
  const possible = keys.filter(({ why, isHidden }) => why === null && !isHidden);
  return keyPanel(possible, width);
}

const MOST_NOTICE = 4;

/** What was done, or why not, in as many lines as it takes; none without a notice. */
export function noticeLines({ notice, isFiltering }: State, width: number): Line[] {
  if (!notice || isFiltering) return [];
  const fg = notice.kind === 'failed' ? 'bad' : notice.kind === 'done' ? 'good' : 'info';
  const sign = notice.kind === 'failed' ? '✗' : notice.kind === 'done' ? '✓' : '…';
  const words = wrapped(notice.text.replace(/\s*\n\s*/g, ' '), width - 4, { fg });
  return words
    .slice(0, MOST_NOTICE)
    .map((each, at) => fit(line(span(at === 0 ? ` ${sign} ` : '   ', { fg }), ...each), width));
}

const MORE = { key: '?', label: 'more' };

/** As many keys as fit; the last one says that there are more. */
function keyPanel(keys: readonly { key: string; label: string }[], width: number): Panel {
  const hits: Hit[] = [];
  const spans: Line[] = [];
  let column = 1;
  const sizeOf = (each: { key: string; label: string }) => widthOfLine(keyLine(each));
  const add = (each: { key: string; label: string }) => {
    const to = column + sizeOf(each);
    hits.push({ row: 0, from: column, to, target: { kind: 'key', key: each.key } });
    spans.push(line(column === 1 ? ' ' : '  ', ...keyLine(each)));
    column = to + 2;
  };
  for (const [index, each] of keys.entries()) {
    const isLast = index === keys.length - 1;
    const left = width - column - sizeOf(each);
    if (left < (isLast ? 0 : 2 + sizeOf(MORE))) {
      if (width - column >= sizeOf(MORE)) add(MORE);
      break;
    }
    add(each);
  }
  return { lines: [fit(spans.flat(), width)], hits };
}

const keyLine = ({ key, label }: { key: string; label: string }): Line =>
  line(span(KEY_NAMES[key] ?? key, { fg: 'key', bold: true }), span(` ${label}`, { fg: 'quiet' }));

/** The latest events in one line. */
export function nowLine({ snapshot }: State, width: number): Line {
  const parts = (snapshot?.recent ?? []).flatMap(({ at, state, task }, index) => {
    const [glyph, tone] = glyphOf(state);
    return [
      ...(index > 0 ? [span(' · ', { fg: 'frame' })] : []),
      span(`${timeOf(at)} `, { fg: 'quiet' }),
      span(`${glyph} `, { fg: tone }),
      span(`${STATE_WORDS[state] ?? state} `, index === 0 ? { fg: tone } : { fg: 'quiet' }),
      ...fit([span(task, index === 0 ? {} : { fg: 'quiet' })], Math.min(24, span(task).width)),
    ];
  });
  return fit(line(span(' NOW  ', { bold: true, fg: 'title' }), ...parts), width);
}
