import { type Figure, meetsBudget, ratio, type Unit } from './figure.ts';
import type { Release } from './releases.ts';

const WIDTHS = [41, 16, 23, 10, 12, 12, 3];

/**
 * The head of the table; `release` is the former one, whose figures are printed beside ours. Columns have fixed widths so
 * that rows can be printed one by one.
 */
export const head = (release: Release | null): string =>
  line(['what', 'measured', 'floor', 'ratio', release?.release ?? '', 'budget', '']);

/** One figure as a row of the table, beside what it was in the former release. */
export function row(figure: Figure, former: Figure | undefined): string {
  const times = ratio(figure);
  return line([
    figure.what,
    amount(figure.value, figure.unit),
    figure.floor ? `${amount(figure.floor.value, figure.floor.unit)} ${figure.floor.what}` : '',
    times === null ? '' : amount(times, 'x'),
    former ? formerly(figure, former) : '',
    budgetOf(figure),
    budgetMet(figure),
  ]);
}

/** The ratio, since the machines of two releases differ; the value where neither has a floor. */
function formerly(figure: Figure, former: Figure): string {
  const times = ratio(figure) === null ? null : ratio(former);
  return times === null ? amount(former.value, former.unit) : amount(times, 'x');
}

const line = (cells: readonly string[]) =>
  cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join('')
    .trimEnd();

function budgetOf({ budget, unit }: Figure): string {
  if (!budget) return '';
  const shown = (limit: number) => amount(limit, budget.of === 'ratio' ? 'x' : unit);
  return 'atMost' in budget ? `≤ ${shown(budget.atMost)}` : `≥ ${shown(budget.atLeast)}`;
}

function budgetMet(figure: Figure): string {
  const met = meetsBudget(figure);
  return met === null ? '' : met ? 'yes' : 'NO';
}

/** Formats a measurement with three digits, and a count in full. */
function amount(value: number, unit: Unit): string {
  if (unit === 'events' || unit === 'lines' || unit === 'files') return `${value} ${unit}`;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}k ${unit}`;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return unit === 'x' ? `${value.toFixed(2)} x` : `${value.toFixed(digits)} ${unit}`;
}
