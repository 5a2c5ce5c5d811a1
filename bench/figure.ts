/** One row of the table. */
export interface Figure {
  what: string;
  value: number;
  unit: Unit;
  /** What the same machine does at its best in the same minute, and what that is. */
  floor?: { value: number; unit: Unit; what: string };
  /** `value` must not be above (or below) this. */
  budget?: { atMost: number } | { atLeast: number };
}

export type Unit = 'ms' | 's' | 'MiB' | 'events/s' | 'x' | 'events' | 'lines' | '%';

/** The options of one part of the benchmark. */
export interface BenchOptions {
  /** Fewer rounds, smaller ledgers: the whole benchmark in under two minutes. */
  quick: boolean;
  /** Prints progress for a person. */
  say(what: string): void;
}

/** One part of the benchmark: yields each figure as soon as it is measured, so that a run cut short has lost nothing. */
export type Part = (options: BenchOptions) => AsyncIterable<Figure> | Iterable<Figure>;

/**
 * The figure, and below it how many times its floor it is. A budget in milliseconds was set on a machine of its own;
 * on another one, or on this one while it does other work, the multiple tells whether it is kept.
 */
export function besideFloor(figure: Figure, floor: NonNullable<Figure['floor']>, atMost?: number): Figure[] {
  const value = figure.value / floor.value;
  const budget = atMost === undefined ? {} : { budget: { atMost } };
  return [
    { ...figure, floor },
    { what: `  in units of ${floor.what}`, value, unit: 'x', ...budget },
  ];
}

/** Whether the figure keeps its budget; null where it has none. */
export function isKept({ value, budget }: Figure): boolean | null {
  if (!budget) return null;
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}

const HEADS = ['what', 'measured', 'floor', 'budget', ''];
const WIDTHS = [42, 16, 22, 17, 3];

/** The head of the table; its columns have fixed widths, at most 100 in total, so that rows can follow one by one. */
export const head = (): string => line(HEADS);

/** One figure as a row of the table. */
export const row = (figure: Figure): string =>
  line([
    figure.what,
    amount(figure.value, figure.unit),
    figure.floor ? `${amount(figure.floor.value, figure.floor.unit)} ${figure.floor.what}` : '',
    budgetOf(figure),
    verdict(figure),
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

function verdict(figure: Figure): string {
  const kept = isKept(figure);
  return kept === null ? '' : kept ? 'yes' : 'NO';
}

/** Three digits are enough for a measurement; a count is printed whole. */
function amount(value: number, unit: Unit): string {
  if (unit === 'events' || unit === 'lines') return `${value} ${unit}`;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}k ${unit}`;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return unit === 'x' ? `${value.toFixed(2)} x` : `${value.toFixed(digits)} ${unit}`;
}
