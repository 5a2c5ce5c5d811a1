import { HOUR_S } from './plan.ts';
import { type Bound, grows, type Point, type Trend, trendOf } from './trend.ts';

/** What is seen of a home at one moment. */
export interface Sample {
  /** Seconds after the begin of the run. */
  at: number;
  /** Workers that have ended, and those that run. */
  ended: number;
  alive: number;
  /** The watcher's process; null if none runs. */
  watcher: { pid: number; ageS: number; rssMiB: number; descriptors: number; processorMs: number } | null;
  /** Processor time of all commands so far. */
  commandsMs: number;
  processes: number;
  zombies: number;
  tmuxServers: number;
  events: number;
  ledgerBytes: number;
  artifactBytes: number;
  artifactFolders: number;
  /** Of workers that ended so long ago that gc should have removed them. */
  overdueFolders: number;
  runFiles: number;
  /** Milliseconds, beside those of `node -e 0` in the same moment. */
  floorMs: number;
  sessionsMs: number;
  observeMs: number;
  /** Of the spawns since the last sample; null if there was none. */
  spawnMs: number | null;
  /** What `gc` has looked at, and its processor time beside that of `node -e 0`; null where it was not run. */
  gc: { items: number; ms: number; floorMs: number } | null;
  /** By how many seconds the last worker began later than planned. */
  behindS: number;
}

interface Metric {
  name: string;
  unit: string;
  /** `before` is the sample of a simulated hour ago; null in the first hour. */
  of(sample: Sample, before: Sample | null): number | null;
  /** Left out for what is shown and may grow. */
  bound?: Bound;
  /** What it follows besides the workers that have ended. */
  beside?(sample: Sample): number;
  group?(sample: Sample): string;
}

/** A watcher compiles and fills its caches in its first minute. */
const WARM_S = 60;

const ofWatcher = (of: (watcher: NonNullable<Sample['watcher']>) => number) => (sample: Sample) =>
  sample.watcher && sample.watcher.ageS >= WARM_S ? of(sample.watcher) : null;
const running = ({ alive }: Sample) => alive;
/** What each worker of the last simulated hour has added; null where too few have ended. */
const perEnded = (of: (sample: Sample) => number | null) => (sample: Sample, before: Sample | null) => {
  const [now, then] = [of(sample), before && of(before)];
  const ended = before ? sample.ended - before.ended : 0;
  return now === null || then === null || ended < FEWEST_ENDED ? null : (now - then) / ended;
};
const FEWEST_ENDED = 5;
const perWatcher = ({ watcher }: Sample) => `${watcher?.pid}`;

export const METRICS: readonly Metric[] = [
  {
    name: 'watcher: memory',
    unit: 'MiB',
    of: ofWatcher(({ rssMiB }) => rssMiB),
    beside: running,
    group: perWatcher,
    bound: { factor: 1.2, slack: 10 },
  },
  {
    name: 'watcher: descriptors',
    unit: '',
    of: ofWatcher(({ descriptors }) => descriptors),
    beside: running,
    group: perWatcher,
    bound: { factor: 1.1, slack: 5 },
  },
  {
    name: 'processes',
    unit: '',
    of: ({ processes }) => processes,
    beside: running,
    bound: { factor: 1.2, slack: 5 },
  },
  {
    name: 'tmux servers',
    unit: '',
    of: ({ tmuxServers }) => tmuxServers,
    beside: running,
    bound: { factor: 1.2, slack: 2 },
  },
  { name: 'zombies', unit: '', of: ({ zombies }) => zombies, bound: { factor: 1, slack: 2 } },
  {
    name: 'ledger: each event of the last hour',
    unit: 'B',
    of: (sample, before) =>
      before && sample.events > before.events
        ? (sample.ledgerBytes - before.ledgerBytes) / (sample.events - before.events)
        : null,
    bound: { factor: 1.2, slack: 100 },
  },
  {
    name: 'ledger: each worker of the last hour',
    unit: 'KiB',
    of: perEnded(({ ledgerBytes }) => ledgerBytes / 1024),
    bound: { factor: 1.3, slack: 4 },
  },
  {
    name: 'artifacts: each folder',
    unit: 'KiB',
    of: ({ artifactBytes, artifactFolders }) => artifactBytes / 1024 / Math.max(1, artifactFolders),
    bound: { factor: 1.3, slack: 20 },
  },
  {
    name: 'artifacts: folders that gc should have removed',
    unit: '',
    of: ({ overdueFolders }) => overdueFolders,
    bound: { factor: 1, slack: 0, most: 0 },
  },
  {
    name: 'gc: each item, in processor time of node -e 0',
    unit: 'x',
    of: ({ gc }) => (gc && gc.items >= FEWEST_ENDED ? gc.ms / gc.items / gc.floorMs : null),
    bound: { factor: 1.2, slack: 0.1, most: 2 },
  },
  {
    name: 'watcher: processor time of each worker',
    unit: 'ms',
    of: (sample, before) =>
      before?.watcher?.pid === sample.watcher?.pid
        ? perEnded(({ watcher }) => watcher?.processorMs ?? null)(sample, before)
        : null,
    beside: running,
    group: perWatcher,
    bound: { factor: 1.3, slack: 100 },
  },
  {
    name: 'commands: processor time of each worker',
    unit: 'ms',
    of: perEnded(({ commandsMs }) => commandsMs),
    bound: { factor: 1.3, slack: 300 },
  },
  { name: 'artifact folders', unit: '', of: ({ artifactFolders }) => artifactFolders },
  { name: 'files in run/', unit: '', of: ({ runFiles }) => runFiles, bound: { factor: 1.2, slack: 10 } },
  {
    name: 'sessions, in units of node -e 0',
    unit: 'x',
    of: ({ sessionsMs, floorMs }) => sessionsMs / floorMs,
    bound: { factor: 1.5, slack: 0.3 },
  },
  {
    name: 'observe, in units of node -e 0',
    unit: 'x',
    of: ({ observeMs, floorMs }) => observeMs / floorMs,
    bound: { factor: 1.5, slack: 0.3 },
  },
  {
    name: 'spawn, in units of node -e 0',
    unit: 'x',
    of: ({ spawnMs, floorMs }) => (spawnMs === null ? null : spawnMs / floorMs),
    bound: { factor: 1.5, slack: 1 },
  },
];

export interface MetricTrend extends Trend {
  name: string;
  unit: string;
  /** Null for what may grow. */
  grows: boolean | null;
}

/** The trend of every metric over a run. Pure. */
export function trendsOf(samples: readonly Sample[]): MetricTrend[] {
  return METRICS.map(({ name, unit, of, bound, beside = () => 0, group = () => '' }) => {
    const points = samples.flatMap((sample, index): Point[] => {
      const y = of(sample, anHourBefore(samples.slice(0, index), sample));
      return y === null ? [] : [{ x: sample.ended, y, beside: beside(sample), group: group(sample) }];
    });
    const trend = trendOf(points);
    return { name, unit, ...trend, grows: bound ? grows(trend, bound) : null };
  });
}

/** The newest sample that is at least a simulated hour older. */
const anHourBefore = (earlier: readonly Sample[], { at }: Sample): Sample | null =>
  earlier.findLast((sample) => at - sample.at >= HOUR_S) ?? null;
