import { type Bound, grows, type Point, type Trend, trendOf } from './trend.ts';

/** What is seen of a home at one moment. */
export interface Sample {
  /** Seconds after the begin of the run. */
  at: number;
  /** Workers that have ended, and those that run. */
  ended: number;
  alive: number;
  /** The watcher's process; null if none runs. */
  watcher: { pid: number; ageS: number; rssMiB: number; descriptors: number } | null;
  processes: number;
  zombies: number;
  tmuxServers: number;
  events: number;
  ledgerBytes: number;
  artifactBytes: number;
  artifactFolders: number;
  runFiles: number;
  /** Milliseconds, beside those of `node -e 0` in the same moment. */
  floorMs: number;
  sessionsMs: number;
  observeMs: number;
  /** Of the spawns since the last sample; null if there was none. */
  spawnMs: number | null;
}

interface Metric {
  name: string;
  unit: string;
  of(sample: Sample): number | null;
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
    name: 'ledger per event',
    unit: 'B',
    of: ({ ledgerBytes, events }) => ledgerBytes / Math.max(1, events),
    bound: { factor: 1.1, slack: 0 },
  },
  {
    name: 'ledger per worker',
    unit: 'KiB',
    of: ({ ledgerBytes, ended, alive }) => ledgerBytes / 1024 / Math.max(1, ended + alive),
    bound: { factor: 1.15, slack: 0 },
  },
  {
    name: 'artifacts per worker',
    unit: 'KiB',
    of: ({ artifactBytes, ended, alive }) => artifactBytes / 1024 / Math.max(1, ended + alive),
    bound: { factor: 1.15, slack: 0 },
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
    const points = samples.flatMap((sample): Point[] => {
      const y = of(sample);
      return y === null ? [] : [{ x: sample.ended, y, beside: beside(sample), group: group(sample) }];
    });
    const trend = trendOf(points);
    return { name, unit, ...trend, grows: bound ? grows(trend, bound) : null };
  });
}
