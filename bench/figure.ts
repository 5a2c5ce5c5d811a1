/** One line of the table. */
export interface Figure {
  what: string;
  value: number;
  unit: Unit;
  /** What the same machine does at its best in the same minute, and what that is. */
  floor?: { value: number; unit: Unit; what: string };
  /** `value` must not be above (or below) this. */
  budget?: { atMost: number } | { atLeast: number };
}

export type Unit = 'ms' | 's' | 'MiB' | 'events/s' | 'x' | 'events' | 'lines';

/** What a part of the bench is told. */
export interface BenchOptions {
  /** Fewer rounds, and 100,000 events in the place of a million. */
  quick: boolean;
  /** Tells a person what is going on. */
  say(what: string): void;
}

/** A part: what it measured. */
export type Part = (options: BenchOptions) => Promise<Figure[]> | Figure[];

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

/** The figures as a table of at most 100 columns. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    amount(figure.value, figure.unit),
    figure.floor ? `${amount(figure.floor.value, figure.floor.unit)} ${figure.floor.what}` : '',
    budgetOf(figure),
    verdict(figure),
  ]);
  return [HEADS, ...rows].map(line).join('\n');
}

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

/** Three digits are enough for anything that was measured; a count is told whole. */
function amount(value: number, unit: Unit): string {
  if (unit === 'events' || unit === 'lines') return `${value} ${unit}`;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}k ${unit}`;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return unit === 'x' ? `${value.toFixed(2)} x` : `${value.toFixed(digits)} ${unit}`;
}
