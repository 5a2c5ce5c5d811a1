/** One row of the table. */
export interface Figure {
  what: string;
  value: number;
  unit: Unit;
  /** The best that the same machine reaches in the same minute, and with what. */
  floor?: { value: number; unit: Unit; what: string };
  /** `value` must not be above (or below) this. */
  budget?: { atMost: number } | { atLeast: number };
}

export type Unit = 'ms' | 's' | 'MiB' | 'events/s' | 'x' | 'events' | 'lines' | 'files' | '%' | 'KB';

/** The options of one part of the benchmark. */
export interface BenchOptions {
  /** Fewer rounds, smaller ledgers: the whole benchmark in under two minutes. */
  quick: boolean;
  /** Prints progress for a person. */
  onProgress(what: string): void;
}

/**
 * One part of the benchmark: yields each figure as soon as it is measured, so that an interrupted run loses nothing.
 */
export type Part = (options: BenchOptions) => AsyncIterable<Figure> | Iterable<Figure>;

/**
 * The figure, and below it its ratio to the floor. Budgets in milliseconds apply to an idle machine of one kind; the
 * ratio shows on any machine, idle or busy, whether the budget is met.
 */
export function besideFloor(figure: Figure, floor: NonNullable<Figure['floor']>, atMost?: number): Figure[] {
  const value = figure.value / floor.value;
  const budget = atMost === undefined ? {} : { budget: { atMost } };
  return [
    { ...figure, floor },
    { what: `  in units of ${floor.what}`, value, unit: 'x', ...budget },
  ];
}

/** Whether the figure meets its budget; null when it has none. */
export function meetsBudget({ value, budget }: Figure): boolean | null {
  if (!budget) return null;
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}

const HEADS = ['what', 'measured', 'floor', 'budget', ''];
const WIDTHS = [42, 16, 22, 17, 3];

/** The head of the table. Columns have fixed widths, at most 100 in total, so that rows can be printed one by one. */
export const head = (): string => line(HEADS);

/** One figure as a row of the table. */
export const row = (figure: Figure): string =>
  line([
    figure.what,
    amount(figure.value, figure.unit),
    figure.floor ? `${amount(figure.floor.value, figure.floor.unit)} ${figure.floor.what}` : '',
    budgetOf(figure),
    budgetMet(figure),
  ]);

const line = (cells: readonly string[]) =>
  cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join('')
    .trimEnd();

function budgetOf({ budget, unit }: Figure): string {
  if (!budget) return '';
  return 'atMost' in budget ? `≤ ${amount(budget.atMost, unit)}` : `≥ ${amount(budget.atLeast, unit)}`;
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
