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
  /** Medians of the first and of the last third of the points; NaN where there are too few. */
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
  const third = Math.floor(points.length / 3);
  const isEnough = points.length >= FEWEST;
  return {
    first: isEnough ? median(levels.slice(0, third)) : Number.NaN,
    last: isEnough ? median(levels.slice(-third)) : Number.NaN,
    perWorker,
    certainty: certaintyOf(perWorker, x, y, new Set(points.map(({ group }) => group)).size),
  };
}

/** The points less the mean of their group. */
function withinGroups(points: readonly Point[]): Record<'x' | 'y' | 'z', number[]> {
  const groups = new Map<string, Point[]>();
  for (const point of points) groups.set(point.group, [...(groups.get(point.group) ?? []), point]);
  const centre = (of: (point: Point) => number) => {
    const means = new Map([...groups].map(([name, group]) => [name, mean(group.map(of))]));
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

/** Whether it grows with the workers: the last third is above the bound, and the slope is no noise. */
export function grows({ first, last, perWorker, certainty }: Trend, { factor, slack }: Bound): boolean {
  return last > first * factor + slack && perWorker > 0 && certainty > SURE;
}

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
