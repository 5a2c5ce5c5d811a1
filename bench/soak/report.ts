import type { MetricTrend, Sample } from './metrics.ts';
import type { Outcome } from './soak.ts';

/** From then on a worker begins late: the machine is slower than the rate. */
const LATE_S = 5;

/** One line per simulated hour. */
export function hourLine(hour: number, sample: Sample, failures: number): string {
  const { watcher, ended, alive, events, ledgerBytes, artifactBytes, floorMs, behindS, gc } = sample;
  const times = [sample.sessionsMs, sample.observeMs, sample.spawnMs].map((ms) =>
    ms === null ? '-' : `${(ms / floorMs).toFixed(1)}x`,
  );
  return [
    `hour ${String(hour).padStart(2)}`,
    `${ended} ended, ${alive} alive`,
    watcher ? `watcher ${watcher.rssMiB.toFixed(0)} MiB, ${watcher.descriptors} fds` : 'no watcher',
    `${sample.processes} processes, ${sample.tmuxServers} servers, ${sample.zombies} zombies`,
    `${events} events, ${(ledgerBytes / Math.max(1, events)).toFixed(0)} B each`,
    `artifacts ${(artifactBytes / 2 ** 20).toFixed(1)} MiB in ${sample.artifactFolders}`,
    `run/ ${sample.runFiles}`,
    ...(gc ? [`gc ${gc.items} items ${(gc.ms / gc.floorMs).toFixed(1)}x`] : []),
    `sessions observe spawn ${times.join(' ')}`,
    ...(behindS >= LATE_S ? [`${behindS.toFixed(0)} s behind`] : []),
    `${failures} failures`,
  ].join(' | ');
}

const HEADS = ['metric', 'first third', 'last third', 'per worker', ''];
const WIDTHS = [50, 14, 14, 14, 6];

/** The last line of a run. */
export function summary(
  { failures, kept }: Outcome,
  trends: readonly MetricTrend[],
  minutes: number,
): string {
  const growing = trends.filter(({ grows }) => grows).map(({ name }) => name);
  const { begun, planned } = kept;
  return [
    `${failures.length > 0 || growing.length > 0 ? 'FAILED' : 'passed'}: ${begun} of ${planned} workers`,
    `${(begun / minutes).toFixed(1)} a minute`,
    failures.length === 0 ? 'no failure' : `${failures.length} failures`,
    growing.length === 0 ? 'nothing grows' : `above its bound: ${growing.join('; ')}`,
  ].join(', ');
}

/** The trend of every metric as a table. */
export function trendTable(trends: readonly MetricTrend[]): string {
  const rows = trends.map(({ name, unit, first, last, perWorker, grows }) => [
    name,
    amount(first, unit),
    amount(last, unit),
    `${perWorker < 0 ? '' : '+'}${perWorker.toPrecision(2)}`,
    grows === null ? '' : grows ? 'GROWS' : 'flat',
  ]);
  return [HEADS, ...rows]
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

const amount = (value: number, unit: string): string =>
  Number.isNaN(value) ? '-' : `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`.trimEnd();
