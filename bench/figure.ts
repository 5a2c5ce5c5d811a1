/** One row of the table. */
export interface Figure {
  /** Indented by two spaces: it belongs to the last row that is not. */
  what: string;
  value: number;
  unit: Unit;
  /** The best that the same machine reaches in the same minute, and with what. */
  floor?: { value: number; unit: Unit; what: string };
  /** What the value must not be above (or below); with `of: 'ratio'`, what its ratio to the floor must not be. */
  budget?: Limit & { of?: 'ratio' };
}

type Limit = { atMost: number } | { atLeast: number };

export type Unit =
  | 'ms'
  | 's'
  | 'MiB'
  | 'events/s'
  | 'x'
  | 'events'
  | 'lines'
  | '%'
  | 'KB'
  | 'bytes'
  | 'pages'
  | 'files';

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
 * The figure beside its floor. The budget applies to their ratio, which shows on any machine, idle or busy, whether it
 * is met.
 */
export const besideFloor = (
  figure: Figure,
  floor: NonNullable<Figure['floor']>,
  atMost?: number,
): Figure => ({
  ...figure,
  floor,
  ...(atMost === undefined ? {} : { budget: { atMost, of: 'ratio' } }),
});

/** How many times the floor it is; null without a floor in the same unit. */
export const ratio = ({ value, unit, floor }: Figure): number | null =>
  floor && floor.unit === unit ? value / floor.value : null;

/** Whether the figure meets its budget; null when it has none. */
export function meetsBudget(figure: Figure): boolean | null {
  const { budget } = figure;
  if (!budget) return null;
  const value = budget.of === 'ratio' ? (ratio(figure) ?? Number.NaN) : figure.value;
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}
