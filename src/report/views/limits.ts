import { styleText } from 'node:util';
import { shortSpan } from '../../lib/time/duration.ts';
import type { Capacity, CapacityRow, CapacityWindow } from '../../usage/capacity/capacity.ts';
import { moment, windowLabel } from '../../usage/capacity/window-words.ts';

export interface RenderOptions {
  columns: number;
  now: Date;
  /** Default: the time zone of the system. */
  timeZone?: string | undefined;
  color: boolean;
}

const GAP = '  ';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * What is left of each limit, one line per provider, never wider than the terminal. Agents that are not installed share
 * a line. Our own fakes, which have no limits, are left out if there is any other provider.
 */
export function renderCapacity(capacity: Capacity, options: RenderOptions): string {
  const all = Object.values(capacity.providers);
  const real = all.filter(({ source }) => source !== 'fake');
  const reported = real.length > 0 ? real : all;
  const missing = reported.filter(({ unusable_reason }) => unusable_reason === 'not_installed');
  const rows = reported.filter((row) => !missing.includes(row));
  const name = Math.min(16, Math.max(0, ...rows.map(({ provider_id }) => provider_id.length)));
  const lines = rows.map((row) => renderRow(row, capacity.min_remaining_percent, name, options));
  return [
    ...lines,
    ...(missing.length > 0 ? [absent(missing, options)] : []),
    '',
    footer(capacity, rows, options),
  ].join('\n');
}

function absent(rows: readonly CapacityRow[], { columns, color }: RenderOptions): string {
  const lines = ['○ not installed:'];
  for (const [index, { provider_id }] of rows.entries()) {
    const word = ` ${provider_id}${index < rows.length - 1 ? ',' : ''}`;
    const line = lines.at(-1) ?? '';
    if (line.length + word.length <= columns) lines[lines.length - 1] = line + word;
    else lines.push(cut(` ${word}`, columns));
  }
  return lines.map((line) => painter(color)('dim', line)).join('\n');
}

/** A bar of what is left, in eighths of a cell. */
export function bar(percent: number, width: number): string {
  const eighths = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width * 8);
  const cells = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return cells.padEnd(width, '░');
}

type Style = 'green' | 'yellow' | 'red' | 'dim';

function renderRow(row: CapacityRow, least: number, name: number, options: RenderOptions): string {
  const paint = painter(options.color);
  const mark = row.usable ? paint('green', '●') : paint('red', '○');
  const head = `${mark} ${fit(row.provider_id, name)} `;
  const space = options.columns - name - 3;
  const windows = row.windows
    .filter((window) => window.remaining_percent !== null)
    .toSorted(byUrgency(least));
  // A limit that already blocks needs no forecast.
  const pace = row.usable ? paceOf(windows[0], options) : '';
  const [first, ...others] = windows.map((window) => cellsOf(window, least, options));
  // Without a window there is no age either: the reason gets the whole line.
  if (!first) return `${head}${paint('dim', cut(reasonWithoutWindows(row), space))}`.trimEnd();
  const said = [reasonOf(row), pace].filter((part) => part !== '');
  const free = Math.max(0, space - first.full.length - GAP.length);
  // If the confidence does not fit, the age alone can.
  const [full, brief] = [metaOf(row), ageOf(row)].map((meta) => [...said, meta].join(GAP)) as [
    string,
    string,
  ];
  const tail = full.length <= free ? full : cut(brief, free);
  const shown = [first.painted];
  let left = space - first.full.length - (tail === '' ? 0 : tail.length + GAP.length);
  for (const [index, window] of others.entries()) {
    const rest = others.length - index - 1;
    // Leaves space for the number of omitted windows.
    const free = left - (rest > 0 ? '+9'.length + GAP.length : 0);
    const [plain, painted] = fits(window.full, free)
      ? [window.full, window.painted]
      : [window.short, window.short];
    if (!fits(plain, free)) {
      if (fits('+9', left)) shown.push(`+${rest + 1}`);
      break;
    }
    shown.push(painted);
    left -= plain.length + GAP.length;
  }
  return `${head}${[...shown, ...(tail === '' ? [] : [paint('dim', tail)])].join(GAP)}`.trimEnd();
}

const fits = (text: string, space: number): boolean => text.length + GAP.length <= space;

type Paint = (style: Style, text: string) => string;
const painter =
  (color: boolean): Paint =>
  (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text;

/**
 * Orders limits: those that block now, then those that will be used up before they reset, then those of the whole plan,
 * then those of one model; the tightest first in each group.
 */
const byUrgency =
  (least: number) =>
  (a: CapacityWindow, b: CapacityWindow): number => {
    const left = (window: CapacityWindow): number => window.remaining_percent ?? 101;
    const rank = (window: CapacityWindow): number =>
      window.kind === 'on_demand'
        ? 4
        : left(window) < least
          ? 0
          : usedUpAt(window) !== null
            ? 1
            : window.scope === null
              ? 2
              : 3;
    return rank(a) - rank(b) || left(a) - left(b);
  };

const usedUpAt = ({ trend }: CapacityWindow): string | null => trend?.used_up_at ?? null;

/** When the most urgent limit will be used up, if that is before its reset. */
function paceOf(window: CapacityWindow | undefined, { now, timeZone, columns }: RenderOptions): string {
  const at = window ? usedUpAt(window) : null;
  if (!window || at === null) return '';
  return `${shortLabel(window)} gone ${moment(at, now, timeZone)}${columns < 100 ? '' : ' at this pace'}`;
}

interface Cells {
  /** Label, bar, percent, reset time and time until the reset. */
  full: string;
  painted: string;
  /** `weekly 79%`. */
  short: string;
}

function cellsOf(
  window: CapacityWindow,
  least: number,
  { now, timeZone, columns, color }: RenderOptions,
): Cells {
  const paint = painter(color);
  const left = window.remaining_percent ?? 0;
  const style: Style = left < least ? 'red' : left < 20 ? 'yellow' : 'green';
  const blocks = bar(left, columns < 100 ? 8 : 10);
  const label = fit(shortLabel(window), 8);
  const percent = `${Math.round(left)}%`.padStart(5);
  const wait = window.reset_at === null ? '' : shortSpan(Date.parse(window.reset_at) - now.getTime());
  const reset = fit(
    window.reset_at === null
      ? left === 0
        ? ' reset unknown'
        : ''
      : ` ${moment(window.reset_at, now, timeZone)}, ${wait}`,
    17,
  );
  return {
    full: `${label}${blocks}${percent}${reset}`,
    painted: `${label}${paint(style, blocks)}${percent}${paint('dim', reset)}`,
    short: `${shortLabel(window)} ${Math.round(left)}%`,
  };
}

const CONFIDENCE: Record<string, string> = {
  local_cli: 'cli',
  local_config: 'file',
  provider_warning: 'warned',
  user_configured: 'user',
};

const ageOf = ({ age_seconds }: CapacityRow): string => shortSpan(age_seconds * 1000);

function metaOf(row: CapacityRow): string {
  const { confidence, unusable_reason } = row;
  // If the confidence is the reason, the line already has it.
  return unusable_reason?.startsWith('confidence_')
    ? ageOf(row)
    : `${CONFIDENCE[confidence] ?? confidence} ${ageOf(row)}`;
}

function reasonOf(row: CapacityRow): string {
  const reason = row.unusable_reason ?? '';
  const low = row.windows.find((window) => reason.startsWith(`${window.name}_below_`));
  if (low) return `${shortLabel(low)} below ${/_below_(.*)_percent$/.exec(reason)?.[1]}%`;
  if (reason.startsWith('confidence_'))
    return `only ${reason.slice('confidence_'.length).replaceAll('_', ' ')}`;
  return reason === 'usage_stale' ? 'too old' : reason.replaceAll('_', ' ');
}

function reasonWithoutWindows(row: CapacityRow): string {
  const reported = row.tried.find(({ reason }) => reason !== null)?.reason ?? row.warnings[0];
  return reported ?? (row.usable ? 'no limits reported' : reasonOf(row) || row.status);
}

const shortLabel = (window: CapacityWindow): string =>
  window.scope === null ? windowLabel(window) : window.scope;

function footer(
  capacity: Capacity,
  rows: readonly CapacityRow[],
  { now, timeZone, columns }: RenderOptions,
): string {
  const { next_available_provider: provider, next_available_at: at } = capacity;
  const usable = rows.filter((row) => row.usable).length;
  const next =
    at === null
      ? ''
      : `; next back: ${provider} ${moment(at, now, timeZone)}, ${shortSpan(Date.parse(at) - now.getTime())}`;
  return cut(
    rows.length === 0
      ? 'No agent is installed.'
      : `${usable} of ${rows.length} usable, bars show what is left${next}`,
    columns,
  );
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : width < 2 ? '' : `${text.slice(0, width - 1)}…`;
const fit = (text: string, width: number): string => cut(text, width).padEnd(width);
