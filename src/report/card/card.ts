import type { Day } from '../../workers/queries/stats/parallelism.ts';
import type { Stats } from '../../workers/queries/stats/shape.ts';
import { hours } from '../views/history/stats.ts';
import { shortCount } from '../views/history/tokens.ts';
import { box, element, FAMILY, text } from './svg.ts';

export const WIDTH = 1200;
export const HEIGHT = 630;

const MARGIN = 72;
const RIGHT = WIDTH - MARGIN;
const INK = '#f4f6fb';
const SOFT = '#97a3bd';
const FAINT = '#1f2a44';
/** Colours of the bars, by size: adjacent bars get contrasting ones. */
const COLORS = ['#5eead4', '#60a5fa', '#a78bfa', '#f472b6', '#fbbf24', '#94a3b8'];
const [ACCENT = INK] = COLORS;
/** The strip of days: its left edge, its baseline and its greatest height. */
const STRIP = 648;
const FLOOR = 566;
const TALLEST = 150;

/**
 * The statistics of a window as a picture to share. `fontFaces` is CSS that embeds the fonts; without it the viewer's
 * own fonts are used.
 */
export function cardSvg(stats: Stats, fontFaces = ''): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      'font-family': FAMILY,
    },
    [
      fontFaces && `<style>${fontFaces}</style>`,
      ground(),
      header(stats),
      figures(stats),
      providers(stats),
      days(stats),
      tokens(stats),
    ].join('\n'),
  );
}

const ground = () => `<defs>
<linearGradient id="ground" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#0c1222"/><stop offset="1" stop-color="#131c36"/></linearGradient>
<radialGradient id="glow" cx="0.92" cy="0" r="0.75"><stop offset="0" stop-color="#2dd4bf" stop-opacity="0.2"/><stop offset="1" stop-color="#2dd4bf" stop-opacity="0"/></radialGradient>
<linearGradient id="column" gradientUnits="userSpaceOnUse" x1="0" y1="${FLOOR - TALLEST}" x2="0" y2="${FLOOR}"><stop offset="0" stop-color="#5eead4"/><stop offset="1" stop-color="#3b82f6"/></linearGradient>
</defs>
<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#ground)"/><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#glow)"/>`;

function header({ window }: Stats): string {
  const y = 92;
  // The logo: three parallel lanes, for workers that run in parallel.
  const sign = [26, 38, 20].map((width, lane) =>
    box(MARGIN, y - 26 + lane * 11, width, 7, COLORS[lane] ?? ACCENT),
  );
  return [
    ...sign,
    text(MARGIN + 54, y, 'AgentPool', { size: 32, fill: INK, weight: 500 }),
    text(RIGHT, y - 14, capitalized(window.label), { size: 24, fill: INK, anchor: 'end' }),
    text(RIGHT, y + 14, span(window), { size: 19, fill: SOFT, anchor: 'end' }),
  ].join('');
}

/** The four large figures. */
function figures({ sessions, parallelism, walls }: Stats): string {
  const reported: [figure: string, what: string][] = [
    [grouped(sessions?.total ?? 0), sessions?.total === 1 ? 'worker' : 'workers'],
    [grouped(parallelism?.peak_concurrent ?? 0), 'in parallel at peak'],
    [grouped(hours(parallelism?.sum_worker_hours ?? 0)), 'of agent work'],
    // Without recorded capacity, the number of avoided limits is unknown.
    walls?.confidence === 'none' && walls.avoided === 0
      ? [`${parallelism?.ratio ?? 0}×`, 'side by side']
      : [grouped(walls?.avoided ?? 0), walls?.avoided === 1 ? 'limit avoided' : 'limits avoided'],
  ];
  const column = (RIGHT - MARGIN) / reported.length;
  // All in one size: the one that the widest figure fits in.
  const widest = Math.max(...reported.map(([figure]) => widthOf(figure)));
  const size = Math.min(88, Math.floor((column - 30) / widest));
  return reported
    .map(([figure, what], index) => {
      const x = MARGIN + index * column;
      const fill = index === 0 ? ACCENT : INK;
      return (
        text(x - 3, 238, figure, { size, fill, weight: 500 }) + text(x, 276, what, { size: 23, fill: SOFT })
      );
    })
    .join('');
}

/** The approximate width of a figure, in units of its font size. */
const widthOf = (figure: string) =>
  [...figure].reduce((sum, each) => sum + (/[ ,.]/.test(each) ? 0.27 : each === 'm' ? 0.87 : 0.58), 0);

const TOP = 350;
const ROWS = 6;

/** One bar per provider, by hours. Providers that do not fit share one bar. */
function providers({ utilization, sessions }: Stats): string {
  const all = Object.entries(utilization?.by_provider ?? {})
    .map(([id, { worker_hours }]) => ({ id, worked: worker_hours }))
    .filter(({ id, worked }) => worked > 0 || sessions?.by_provider[id])
    .sort((a, b) => b.worked - a.worked);
  const shown = all.length > ROWS ? all.slice(0, ROWS - 1) : all;
  if (shown.length === 0) return title(MARGIN, 'No worker was at work in this time');
  const rest = all.slice(shown.length);
  if (rest.length > 0)
    shown.push({ id: `${rest.length} more`, worked: rest.reduce((sum, { worked }) => sum + worked, 0) });
  const most = Math.max(...shown.map(({ worked }) => worked), Number.MIN_VALUE);
  const [barX, barWidth, end] = [MARGIN + 154, 250, 568];
  const rows = shown.map(({ id, worked }, index) => {
    const y = TOP + 44 + index * 34;
    const width = worked > 0 ? Math.max(12, (worked / most) * barWidth) : 0;
    return [
      text(MARGIN, y + 6, shortened(id, 15), { size: 20, fill: INK }),
      box(barX, y - 7, barWidth, 12, FAINT),
      box(barX, y - 7, width, 12, COLORS[index] ?? ACCENT),
      text(end, y + 6, hours(worked), { size: 20, fill: SOFT, anchor: 'end' }),
    ].join('');
  });
  return [title(MARGIN, 'Where the work went'), ...rows].join('');
}

/** One column per day, or per week if there are too many days. */
function days({ days: all = [] }: Stats): string {
  const { columns, unit } = columnsOf(all);
  const worked = columns.map((column) => column.worked);
  const most = Math.max(0, ...worked);
  const [first, last] = [columns[0], columns.at(-1)];
  if (!first || !last || most === 0) return '';
  const gap = Math.min(14, (0.28 * (RIGHT - STRIP)) / columns.length);
  const wide = Math.min(64, (RIGHT - STRIP + gap) / columns.length - gap);
  const bars = worked.map((count, index) => {
    const tall = count === 0 ? 4 : Math.max(6, (count / most) * TALLEST);
    const fill = count === 0 ? FAINT : 'url(#column)';
    return box(STRIP + index * (wide + gap), FLOOR - tall, wide, tall, fill, Math.min(8, wide / 3));
  });
  const end = STRIP + columns.length * (wide + gap) - gap;
  const top = STRIP + worked.indexOf(most) * (wide + gap) + wide / 2;
  const label = { size: 18, fill: SOFT };
  return [
    title(STRIP, unit === 'day' ? 'Day by day' : 'Week by week'),
    ...bars,
    text(Math.min(Math.max(top, STRIP + 30), RIGHT - 30), FLOOR - TALLEST - 10, grouped(hours(most)), {
      size: 18,
      fill: INK,
      anchor: 'middle',
    }),
    text(STRIP, FLOOR + 26, spoken(first.from), label),
    columns.length > 1 ? text(end, FLOOR + 26, spoken(last.until), { ...label, anchor: 'end' }) : '',
  ].join('');
}

/** The tokens of the workers, beside the days; empty if their agents recorded none. */
function tokens({ tokens: reported }: Stats): string {
  const { input = null, output = null } = reported?.totals ?? {};
  if (input === null || output === null) return '';
  const words = `${shortCount(input)} tokens in, ${shortCount(output)} out`;
  return text(RIGHT, TOP, words, { size: 19, fill: SOFT, anchor: 'end' });
}

const title = (x: number, said: string) => text(x, TOP, said, { size: 23, fill: INK, weight: 500 });

const capitalized = (label: string) => label.charAt(0).toUpperCase() + label.slice(1);
/** Formats as `9,337` and `1,536 h`. */
const grouped = (figure: number | string) => String(figure).replace(/\B(?=(\d{3})+\b)(?<!\.\d*)/g, ',');
const shortened = (id: string, length: number) => (id.length > length ? `${id.slice(0, length - 1)}…` : id);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Formats 2026-03-04 as `4 Mar`. */
const spoken = (day: string) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''}`;

/** `4 Mar – 11 Mar 2026`: the first and the last day in the reader's time zone. */
function span({ start, end }: Stats['window']): string {
  // The end is exclusive: a window that ends at midnight ends with the day before.
  const [from, until] = [new Date(start), new Date(Math.max(Date.parse(start), Date.parse(end) - 1))];
  const said = (date: Date) => `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  const year = from.getFullYear() === until.getFullYear() ? '' : ` ${from.getFullYear()}`;
  if (from.toDateString() === until.toDateString()) return `${said(until)} ${until.getFullYear()}`;
  return `${said(from)}${year} – ${said(until)} ${until.getFullYear()}`;
}

/** A column of the strip: the hours from the first to the last day, both inclusive and written as 2026-03-04. */
export interface Column {
  from: string;
  until: string;
  worked: number;
}

/** Beyond this number, columns are too thin to see. */
const MOST_DAYS = 45;
const MOST_WEEKS = 104;

/** One column per day, or per week if there are too many days; at most the last two years. */
export function columnsOf(days: readonly Day[]): { unit: 'day' | 'week'; columns: Column[] } {
  const unit = days.length > MOST_DAYS ? 'week' : 'day';
  const size = unit === 'week' ? 7 : 1;
  const columns: Column[] = [];
  // Counts back from the newest day, so that the last week is complete.
  for (let end = days.length; end > 0 && columns.length < MOST_WEEKS; end -= size) {
    const part = days.slice(Math.max(0, end - size), end);
    const worked = part.reduce((sum, { worker_hours }) => sum + worker_hours, 0);
    columns.unshift({ from: part[0]?.day ?? '', until: part.at(-1)?.day ?? '', worked });
  }
  return { unit, columns };
}
