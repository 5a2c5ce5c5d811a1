import {
  isMoney,
  isSpent,
  leftOf,
  modelsOf,
  usedOf,
  windowsInOrder,
} from '../../../agents/contract/limits/sample.ts';
import { span } from '../../../lib/time/duration.ts';
import type { CapacityRow, CapacityWindow } from '../../../usage/capacity/capacity.ts';
import { paceOf, timeShare } from '../../../usage/capacity/pace.ts';
import { moment, resetPassed, roughly } from '../../../usage/capacity/window-words.ts';
import { fit } from '../../text/table.ts';
import { widthOf } from '../../text/width.ts';
import { usedBar } from './limit-bar.ts';
import { untilMoment, withoutFigures } from './limit-reasons.ts';

export interface RenderOptions {
  columns: number;
  now: Date;
  /** Default: the time zone of the system. */
  timeZone?: string | undefined;
  color: boolean;
  /** Whether to show our own fakes beside other providers. */
  includeFakes?: boolean;
}

type Style = 'green' | 'yellow' | 'red' | 'dim' | 'bold';
export type PaintText = (style: Style, text: string) => string;

interface Look extends RenderOptions {
  paint: PaintText;
  /** Below this percentage a limit blocks. */
  least: number;
  /** The width of the longest name of a provider. */
  name: number;
}

/** The widths of the columns of a row. Without `word`, one column says what matters most. */
interface Columns {
  label: number;
  bar: number;
  word: number;
  end: number;
}

const INDENT = 2;
const PERCENT = 7;
const GAP = 3;

function columnsFor(columns: number): Columns {
  if (columns >= 110) return { label: 14, bar: columns >= 120 ? 36 : 26, word: 22, end: 36 };
  if (columns >= 68) {
    const [label, word, end] = [12, 20, 16];
    return { label, bar: Math.min(20, columns - INDENT - label - PERCENT - GAP - word - end), word, end };
  }
  const [label, end] = [columns >= 50 ? 10 : 8, 17];
  const bar = columns - INDENT - label - PERCENT - GAP - end;
  return { label, bar: bar >= 3 ? bar : 0, word: 0, end: bar >= 3 ? end : end + bar };
}

/** The limits of one provider: a line about it, then a line for each. Empty if there is nothing to say but why not. */
export function blockOf(row: CapacityRow, look: Look): string[] {
  const lines = [...windowLines(row, look), ...creditLines(row, look), ...resetCreditLines(row, look)];
  const isAnswered = row.status !== 'unknown' && row.status !== 'unauthenticated';
  if (lines.length === 0 && !isAnswered) return [];
  const said =
    lines.length > 0 ? lines : [`  ${look.paint('dim', fit(withoutFigures(row), look.columns - INDENT))}`];
  return [...headLines(row, look), ...said].map((line) => line.trimEnd());
}

function headLines(row: CapacityRow, look: Look): string[] {
  const { columns, paint, name } = look;
  const shown = fit(row.provider_id, Math.min(columns, 40));
  const plan = row.plan === null ? '' : fit(row.plan, 20);
  const title = `${shown}${' '.repeat(Math.max(0, name - widthOf(shown)) + 2)}${plan}`.trimEnd();
  const painted = title.replace(shown, () => paint('bold', shown));
  const width = Math.min(columns, columnsWide(columns));
  const room = width - widthOf(title) - 2;
  const isFailed = row.refresh_failed !== null;
  const style = isFailed ? 'yellow' : 'dim';
  const state = stateOf(row, look, Number.POSITIVE_INFINITY);
  if (widthOf(state) <= room)
    return [`${painted}${' '.repeat(width - widthOf(title) - widthOf(state))}${paint(style, state)}`];
  return [
    widthOf(title) <= columns ? painted : fit(title, columns),
    ...belowHead(row, look).map((line) => `  ${paint(style, line)}`),
  ];
}

/** What does not fit beside the title; the age is never cut off for the reason. */
function belowHead(row: CapacityRow, look: Look): string[] {
  const width = look.columns - INDENT;
  const { refresh_failed: failed } = row;
  const whole = stateOf(row, look, width);
  if (failed === null || whole.includes('(')) return [whole];
  return [
    fit(`! refresh failed (${fit(failed, Math.max(8, width - 19))})`, width),
    fit(sinceOf(row, look), width),
  ];
}

/** The width of a full row: text that is aligned to its right does not drift away from it. */
function columnsWide(columns: number): number {
  const { label, bar, word, end } = columnsFor(columns);
  return INDENT + label + bar + PERCENT + GAP + word + end;
}

/** `checked 3 min ago`, or why that failed and how old the figures are. */
function stateOf(row: CapacityRow, look: Look, width: number): string {
  const { refresh_failed: failed, age_seconds, source } = row;
  if (failed === null) {
    const from = look.columns >= 110 && source !== null ? ` by ${source}` : '';
    const where = row.machine === undefined ? '' : ` on ${row.machine}`;
    return fit(`checked ${age_seconds < 5 ? 'just now' : ageOf(row)}${where}${from}`, width);
  }
  const since = sinceOf(row, look);
  const [start, end] = ['! refresh failed (', `): ${since}`];
  const room = width - start.length - end.length;
  if (room < 8) return fit(`! refresh failed: ${since}`, width);
  return `${start}${room === Number.POSITIVE_INFINITY ? failed : fit(failed, room)}${end}`;
}

const ageOf = ({ age_seconds }: CapacityRow): string => `${span(age_seconds * 1000)} ago`;

const sinceOf = (row: CapacityRow, { now, timeZone }: Look): string =>
  `as of ${moment(row.observed_at, now, timeZone)}, ${ageOf(row)}`;

function windowLines(row: CapacityRow, look: Look): string[] {
  return windowsInOrder(row.windows).map((window) => windowLine(window, labelOf(window, row.windows), look));
}

function windowLine(window: CapacityWindow, label: string, look: Look): string {
  const { paint, now, timeZone } = look;
  const { label: size, bar, word, end } = columnsFor(look.columns);
  const short = modelsOf(window).length > 0 ? shortened(label, size - 1) : fit(label, size - 1);
  const head = `${' '.repeat(INDENT)}${padded(short, size)}`;
  const room = look.columns - INDENT - size;
  if (window.expired) {
    const said = resetPassed(window, now, timeZone);
    const drawn = bar + PERCENT + GAP + widthOf(said) <= room ? bar + PERCENT + GAP : 0;
    const empty = drawn > 0 ? paint('dim', padded('·'.repeat(bar), drawn)) : '';
    return `${head}${empty}${paint('yellow', fit(said, room - drawn))}`;
  }
  const left = leftOf(window);
  const used = usedOf(window);
  if (left === null || used === null) return `${head}${paint('dim', fit(unitsOf(window), room))}`;
  const style = left === 0 || left < look.least ? 'red' : left < 20 ? 'yellow' : 'green';
  const drawn = bar > 0 ? coloured(usedBar(used, bar, timeShare(window, now)), style, paint) : '';
  const percent = `${Math.round(used)} %`.padStart(PERCENT);
  const said = wordOf(window, short, look);
  const back = endOf(window, look);
  const tail =
    word > 0
      ? `${padded(fit(said, word - 1), word)}${paint('dim', fit(back, end))}`
      : paint('dim', fit(said.startsWith('gone') ? said : back, end));
  return `${head}${drawn}${percent}${' '.repeat(GAP)}${tail}`;
}

const coloured = (bar: string, style: Parameters<PaintText>[0], paint: PaintText): string =>
  bar
    .split('│')
    .map((part) => paint(style, part))
    .join('│');

const NAMES: Record<string, string> = { '5h': '5 hours', daily: 'day', weekly: 'week', monthly: 'month' };

/** `5 hours`, or the scope; with both where two limits have one scope. */
function labelOf(window: CapacityWindow, all: readonly CapacityWindow[]): string {
  const { kind, scope, window_minutes: minutes } = window;
  const long = NAMES[kind] ?? (minutes === null ? 'limit' : span(minutes * 60_000));
  if (scope === null) return kind === 'on_demand' ? 'on demand' : long;
  return all.filter((each) => each.scope === scope).length > 1 ? `${scope} ${long}` : scope;
}

/** The end of the name of a model says more than its beginning: `Spark` for `GPT-5.3-Codex-Spark`. */
function shortened(label: string, width: number): string {
  if (widthOf(label) <= width) return label;
  const parts = label.split(/(?<=[ -])/);
  const ends = parts.map((_, index) => parts.slice(index).join(''));
  return ends.find((end) => widthOf(end) <= width) ?? fit(label, width);
}

/** The answer of a window in a word. */
function wordOf(window: CapacityWindow, label: string, { now, timeZone }: Look): string {
  const models = modelsOf(window);
  if (isSpent(window) && models.length > 0)
    return models.length === 1 && models[0] === label ? 'only this model' : `only ${models.join(', ')}`;
  if (isMoney(window) && window.remaining_units !== null) return unitsOf(window);
  const pace = paceOf(window, now);
  if (!pace) return '';
  return pace.word === 'gone' ? `gone ${roughly(pace.at, now, timeZone)}` : pace.word;
}

/** When it is back, or resets. */
function endOf(window: CapacityWindow, look: Look): string {
  const { reset_at } = window;
  const left = leftOf(window) ?? 100;
  if (reset_at === null) return left === 0 ? 'reset unknown' : '';
  const at = moment(reset_at, look.now, look.timeZone);
  const wait = look.columns >= 110 ? `, in ${untilMoment(reset_at, look)}` : '';
  return `${left === 0 || left < look.least ? 'back' : 'resets'} ${at}${wait}`;
}

const unitsOf = ({ remaining_units: left, unit }: CapacityWindow): string =>
  left === null ? 'not reported' : `${left.toLocaleString('en-US')} ${unit ?? 'units'} left`;

function creditLines({ credits_remaining: credits }: CapacityRow, { columns, paint }: Look): string[] {
  if (credits === null || credits <= 0) return [];
  const { label } = columnsFor(columns);
  return [`  ${padded('credits', label)}${paint('dim', `${credits.toLocaleString('en-US')} left`)}`];
}

/** `resets      2 to redeem, the first until 12 Dec`. */
function resetCreditLines({ reset_credits: resets }: CapacityRow, look: Look): string[] {
  if (resets === null) return [];
  const { label } = columnsFor(look.columns);
  const first = resets.count === 1 ? '' : 'the first ';
  const end =
    resets.expires_at === null ? '' : `, ${first}until ${moment(resets.expires_at, look.now, look.timeZone)}`;
  const said = fit(`${resets.count} to redeem${end}`, look.columns - INDENT - label);
  return [`  ${padded('resets', label)}${look.paint('dim', said)}`];
}

export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));
