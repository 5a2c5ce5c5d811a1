import type { MetricTrend, Sample } from './metrics.ts';

/** One line per simulated hour. */
export function hourLine(hour: number, sample: Sample, failures: number): string {
  const { watcher, ended, alive, events, ledgerBytes, artifactBytes, floorMs } = sample;
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
    `sessions observe spawn ${times.join(' ')}`,
    `${failures} failures`,
  ].join(' | ');
}

const HEADS = ['metric', 'first third', 'last third', 'per worker', ''];
const WIDTHS = [50, 14, 14, 14, 6];

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
