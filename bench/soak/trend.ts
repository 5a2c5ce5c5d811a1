import { median } from '../timing.ts';

export interface Point {
  /** Workers that have ended by then. */
  x: number;
  y: number;
  /** What `y` follows besides, such as the workers that run at the moment: its share is taken out. 0 for nothing. */
  beside: number;
  /** Points of different groups are compared in their growth only: two processes begin at different levels. */
  group: string;
}

export interface Trend {
  /**
   * Medians of the first and of the last third of the points, in each group for itself: what a process leaks ends with
   * it, and is no higher at the end of a run than at its begin. NaN where there are too few.
   */
  first: number;
  last: number;
  /** Growth per worker, by the least squares within the groups. */
  perWorker: number;
  /** How many standard errors that is away from no growth. */
  certainty: number;
}

/** Which growth is none. */
export interface Bound {
  /** The last third may be the first one by this factor, and so much more in units. */
  factor: number;
  slack: number;
  /** The last third is never above that. */
  most?: number;
}

const FEWEST = 9;

export function trendOf(points: readonly Point[]): Trend {
  const centred = withinGroups(points);
  // What the running workers explain is taken out of both, so that the slope is that of the ended ones alone.
  const x = without(centred.x, centred.z, slope(centred.z, centred.x));
  const y = without(centred.y, centred.z, slope(centred.z, centred.y));
  const perWorker = slope(x, y);
  const share = slope(centred.z, without(centred.y, centred.x, perWorker));
  const meanBeside = mean(points.map(({ beside }) => beside));
  const levels = points.map((point) => point.y - share * (point.beside - meanBeside));
  const thirds = grouped(points, levels)
    .filter((group) => group.length >= FEWEST)
    .map((group) => ({ levels: group, third: Math.floor(group.length / 3) }));
  return {
    first: mean(thirds.map(({ levels: group, third }) => median(group.slice(0, third)))),
    last: mean(thirds.map(({ levels: group, third }) => median(group.slice(-third)))),
    perWorker,
    certainty: certaintyOf(perWorker, x, y, new Set(points.map(({ group }) => group)).size),
  };
}

/** What belongs to the points, one list for each of their groups. */
function grouped<T>(points: readonly Point[], of: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const [index, { group }] of points.entries())
    groups.set(group, [...(groups.get(group) ?? []), of[index] as T]);
  return [...groups.values()];
}

/** The points less the mean of their group. */
function withinGroups(points: readonly Point[]): Record<'x' | 'y' | 'z', number[]> {
  const groups = grouped(points, points);
  const centre = (of: (point: Point) => number) => {
    const means = new Map(groups.map((group) => [group[0]?.group, mean(group.map(of))]));
    return points.map((point) => of(point) - (means.get(point.group) ?? 0));
  };
  return { x: centre(({ x }) => x), y: centre(({ y }) => y), z: centre(({ beside }) => beside) };
}

/** The slope of centred values over others; 0 where those do not differ. */
function slope(over: readonly number[], values: readonly number[]): number {
  const squares = dot(over, over);
  return squares < 1e-9 ? 0 : dot(over, values) / squares;
}

const without = (values: readonly number[], of: readonly number[], share: number): number[] =>
  values.map((value, index) => value - share * (of[index] ?? 0));

function certaintyOf(perWorker: number, x: readonly number[], y: readonly number[], groups: number): number {
  const squares = dot(x, x);
  const freedom = x.length - groups - 2;
  if (squares < 1e-9 || freedom < 1) return 0;
  const rest = without(y, x, perWorker);
  const error = Math.sqrt(dot(rest, rest) / freedom / squares);
  return error === 0 ? Math.sign(perWorker) * Number.POSITIVE_INFINITY || 0 : perWorker / error;
}

/** The certainty from which a slope is no noise. */
const SURE = 4;

/**
 * Whether it grows with the workers: the last third is above the bound, and the slope is no noise. Also where it is more
 * than it may ever be.
 */
export function grows({ first, last, perWorker, certainty }: Trend, { factor, slack, most }: Bound): boolean {
  if (most !== undefined && last > most) return true;
  return last > first * factor + slack && perWorker > 0 && certainty > SURE;
}

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
