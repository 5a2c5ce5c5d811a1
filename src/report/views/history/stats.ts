import type { Writable } from 'node:stream';
import { counted } from '../../../lib/text/counted.ts';
import { stripControl } from '../../../lib/text/plain-text.ts';
import type { Day } from '../../../workers/queries/stats/parallelism.ts';
import type { Stats } from '../../../workers/queries/stats/shape.ts';
import { columnsOf, paint, stateLabel } from '../../text/style.ts';
import { fit, table } from '../../text/table.ts';
import { clock, day } from '../../text/time.ts';
import { widthOf } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import { agesOfMachines } from '../fleet/machine-ages.ts';
import { shortCount } from './tokens.ts';

/** The maximum line length: related figures are hard to read across a wide screen. */
const WIDEST = 100;
const BAR = 24;
/** The number of recent days that are shown, with one character each. */
const DAYS = 60;

/** The figures of a window for a person: the headline, then a block for each section. */
export function statsLines(stats: Stats, stream: Writable): string[] {
  const look = { width: Math.min(WIDEST, columnsOf(stream)), stream, color: paint(stream) };
  const blocks = [
    headline(stats, look),
    providers(stats, look),
    days(stats.days ?? [], look),
    outcomes(stats, look),
    walls(stats, look),
    quota(stats, look),
    tokens(stats, look),
    footnotes(stats, look),
  ];
  return blocks.flatMap((block, index) => (block.length === 0 || index === 0 ? block : ['', ...block]));
}

interface ScreenReading {
  width: number;
  stream: Writable;
  color: ReturnType<typeof paint>;
}

function headline(
  { window, scope, filters, machines, sessions, parallelism, walls }: Stats,
  look: ScreenReading,
): string[] {
  const { color, width } = look;
  const span = `${minute(window.start)} to ${minute(window.end)}, days of ${window.time_zone}`;
  const only = [
    ...(filters.provider_id ? [`only ${stripControl(filters.provider_id)}`] : []),
    ...(scope === 'mine' ? ['only yours'] : []),
    ...(machines ? [`of ${counted(machines.length, 'machine')}`] : []),
  ];
  const figures = [
    ...(sessions ? [[String(sessions.total), sessions.total === 1 ? 'worker' : 'workers']] : []),
    ...(parallelism
      ? [
          [hours(parallelism.sum_worker_hours), 'of work'],
          [String(parallelism.peak_concurrent), 'at once at most'],
          [`${parallelism.ratio} ×`, 'side by side'],
        ]
      : []),
    ...(walls ? [[String(walls.avoided), walls.avoided === 1 ? 'limit avoided' : 'limits avoided']] : []),
    ...(walls && walls.continued > 0 ? [[String(walls.continued), 'limits waited out']] : []),
  ];
  const cells = figures.map(([figure = '', what = '']) => ({
    figure,
    what,
    size: Math.max(figure.length, what.length) + 3,
  }));
  return [
    `${color.bold(window.label)}${only.length > 0 ? `, ${only.join(', ')}` : ''}`,
    color.dim(fit(span, width)),
    ...(cells.length === 0
      ? []
      : [
          '',
          ` ${cells.map(({ figure, size }) => color.bold(figure.padEnd(size))).join('')}`.trimEnd(),
          ` ${cells.map(({ what, size }) => color.dim(what.padEnd(size))).join('')}`.trimEnd(),
        ]),
  ];
}

/** One bar per provider, by hours if they are known, else by the number of workers. */
function providers({ sessions, utilization }: Stats, { width, color }: ScreenReading): string[] {
  const worked = Object.entries(utilization?.by_provider ?? {}).filter(
    ([, { worker_hours }]) => worker_hours,
  );
  const rows = sessions
    ? Object.entries(sessions.by_provider).map(([id, count]) => ({
        id,
        workers: count,
        hours: utilization?.by_provider[id]?.worker_hours ?? null,
      }))
    : worked.map(([id, { worker_hours }]) => ({ id, workers: null, hours: worker_hours }));
  if (rows.length === 0) return [];
  const size = ({ hours: time, workers }: (typeof rows)[number]) => time ?? workers ?? 0;
  const most = Math.max(...rows.map(size));
  rows.sort((a, b) => size(b) - size(a));
  const names = rows.map(({ id }) => fit(stripControl(id), width - BAR - 24));
  const longest = Math.max(9, ...names.map((name) => widthOf(name)));
  // Not a table(): it trims cells, and the padding that aligns the figures would be lost.
  const line = (name: string, drawn: string, workers: string, worked: string) =>
    `${name}${' '.repeat(longest - widthOf(name) + 2)}${drawn}  ${workers.padStart(8)}  ${worked.padStart(8)}`;
  const lines = rows.map((row, index) =>
    line(
      names[index] ?? '',
      color.cyan(bar(most === 0 ? 0 : size(row) / most, BAR).padEnd(BAR)),
      row.workers === null ? '' : String(row.workers),
      row.hours === null ? '' : hours(row.hours),
    ),
  );
  const head = line('PROVIDERS', ' '.repeat(BAR), sessions ? 'WORKERS' : '', utilization ? 'WORK' : '');
  return [color.dim(head), ...lines];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `cells` cells, in eighths of a cell. Any share above zero is visible. */
export function bar(share: number, cells: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * cells * 8)) : 0;
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

const LEVELS = ' ▁▂▃▄▅▆▇█';
const TALL = 3;

/** One column per day, with the hours as its height, and the busiest day in words. */
function days(all: readonly Day[], { color, width }: ScreenReading): string[] {
  const shown = all.slice(-Math.min(DAYS, width));
  const most = Math.max(0, ...shown.map(({ worker_hours }) => worker_hours));
  const best = shown.find(({ worker_hours }) => worker_hours === most);
  const [first, last] = [shown[0], shown.at(-1)];
  if (!best || !first || !last || most === 0 || shown.length < 2) return [];
  // The widths of a column and of the gap after it, as far as they fit.
  const [wide, apart] = shown.length <= 14 ? [4, 1] : shown.length * 2 <= width ? [1, 1] : [1, 0];
  const rows = Array.from({ length: TALL }, (_, row) =>
    shown
      .map(({ worker_hours }) => cell((worker_hours / most) * TALL - (TALL - 1 - row), row === TALL - 1))
      .map((each) => each.repeat(wide) + ' '.repeat(apart))
      .join('')
      .trimEnd(),
  );
  const size = shown.length * (wide + apart) - apart;
  const ends = [first, last].map((each) => each.day.slice(5));
  const quiet = shown.filter(({ worker_hours }) => worker_hours === 0).length;
  return [
    color.dim('DAYS'),
    ...rows.map((row) => color.green(row)),
    color.dim(`${ends[0]}${(ends[1] ?? '').padStart(Math.max(6, size - 5))}`),
    `most on ${best.day}: ${hours(most)}, ${counted(best.spawned, 'new worker')}, ${best.peak_concurrent} at once` +
      (quiet > 0 ? `; ${counted(quiet, 'day')} without work` : ''),
  ];
}

/** The character for a row of the strip that is filled to this share. A day without work is a dot. */
function cell(filled: number, lowest: boolean): string {
  const level = Math.min(8, Math.max(0, Math.ceil(filled * 8)));
  return level === 0 && lowest ? '·' : (LEVELS[level] ?? ' ');
}

function outcomes({ sessions }: Stats, { color, stream, width }: ScreenReading): string[] {
  if (!sessions || sessions.total === 0) return [];
  const states = Object.entries(sessions.by_state).map(([state, count]) => [
    stateLabel(state, stream),
    String(count).padStart(6),
  ]);
  const also = [
    [sessions.terminated, 'terminated'],
    [sessions.interrupted, 'interrupted'],
    [sessions.timed_out, 'timed out'],
    [sessions.went_on.continued, 'continued after a limit'],
    [sessions.went_on.resumed, 'resumed'],
    [sessions.went_on.handed_over, 'handed over'],
  ] as const;
  const said = also.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  const roles = Object.entries(sessions.by_role).map(([role, count]) => `${stripControl(role)} ${count}`);
  return [
    ...table([color.dim('OUTCOMES'), ''], states, width, 0).split('\n'),
    ...(said.length > 0 ? [`of these: ${said.join(', ')}`] : []),
    ...wrap(`roles: ${roles.join(', ')}`, width),
  ];
}

function walls({ walls: reported }: Stats, { color, width }: ScreenReading): string[] {
  if (!reported || (reported.hit === 0 && reported.avoided === 0)) return [];
  const rows = Object.entries(reported.by_provider)
    .filter(([, { hit, avoided }]) => hit > 0 || avoided > 0)
    .sort(([, a], [, b]) => b.avoided - a.avoided)
    .map(([id, { hit, avoided }]) => [
      stripControl(id),
      avoided > 0 ? counted(avoided, 'spawn') : '-',
      hit > 0 ? counted(hit, 'worker') : '-',
    ]);
  return table(['WALLS', 'WENT AROUND', 'RAN INTO'], rows, width, 0)
    .split('\n')
    .map((line, index) => (index === 0 ? color.dim(line) : line));
}

function quota({ quota: reported }: Stats, { color, width }: ScreenReading): string[] {
  const rows = Object.entries(reported ?? {})
    .filter(([, { samples, current_remaining_percent }]) => samples > 0 || current_remaining_percent !== null)
    .map(([id, of]) => [
      stripControl(id),
      percent(of.current_remaining_percent),
      percent(of.min_in_window),
      percent(of.max_in_window),
      of.limit ?? '',
      String(of.samples),
    ]);
  if (rows.length === 0) return [];
  return table(['QUOTA LEFT', 'NOW', 'LOWEST', 'HIGHEST', 'OF LIMIT', 'SAMPLES'], rows, width, 0)
    .split('\n')
    .map((line, index) => (index === 0 ? color.dim(line) : line));
}

function tokens({ tokens: reported }: Stats, { color, width }: ScreenReading): string[] {
  const rows = Object.entries(reported?.by_provider ?? {}).map(([id, { input, cache_read, output, usd }]) => [
    stripControl(id),
    ...[input, cache_read, output].map((count) => shortCount(count ?? 0)),
    usd === null ? 'unpriced' : `$${usd.toFixed(2)}`,
  ]);
  if (rows.length === 0) return [];
  return table(['TOKENS', 'IN', 'CACHED', 'OUT', 'LIST PRICE'], rows, width, 0)
    .split('\n')
    .map((line, index) => (index === 0 ? color.dim(line) : line));
}

function footnotes(
  { data_quality, suggested_next, machines = [], generated_at }: Stats,
  { color, width, stream }: ScreenReading,
): string[] {
  const notes = data_quality.flatMap(({ note, providers: of }) => {
    const whose = of.length > 0 && of.length <= 3 ? ` (${of.join(', ')})` : '';
    return wrap(`${stripControl(note)}${stripControl(whose)}`, width - 2).map(
      (line, index) => `${index === 0 ? '· ' : '  '}${line}`,
    );
  });
  const ages = agesOfMachines(machines, new Date(generated_at), stream);
  return [
    ...ages.map((line) => fit(line, width)),
    ...notes.map((line) => color.dim(line)),
    ...(notes.length > 0 ? [''] : []),
    color.dim('next'),
    ...suggested_next.map((command) => `  ${command}`),
  ];
}

const percent = (value: number | null) => (value === null ? '-' : `${Math.round(value)} %`);

/** Formats as `2026-03-04 14:05` in the reader's time zone. */
const minute = (iso: string) => `${day(iso)} ${clock(iso).slice(0, 5)}`;

/** Formats as `12 min`, `3.4 h` or `128 h`. */
export const hours = (count: number): string => {
  if (count < 1) return `${Math.round(count * 60)} min`;
  return `${count.toFixed(count < 100 ? 1 : 0)} h`;
};
