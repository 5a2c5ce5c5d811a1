import { Command } from 'clipanion';
import { relative } from '../../../../report/text/time.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { WatcherStatus, watcherStatus } from '../../../../workers/core/watcher/watcher-process.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';

export default class Status extends LedgerCommand<WatcherStatus> {
  static override paths = [['watcher', 'status']];
  static override report = WatcherStatus;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Show whether the watcher runs, and in which process',
    examples: [['Show it', '$0 watcher status']],
  });

  protected override needsValidConfig = false;

  async run(app: AppContext): Promise<undefined> {
    this.print(await watcherStatus(app), (status) =>
      [watchLine(status), ...status.config_problems.map((problem) => `  not applied  ${problem}`)].join('\n'),
    );
  }
}

function watchLine({
  running,
  responds,
  enabled,
  pid,
  fence,
  started_at,
  live_workers,
  queued_workers,
  log,
}: WatcherStatus): string {
  const queued = queued_workers > 0 ? ` and ${queued_workers} queued` : '';
  const workers = `${live_workers} live ${live_workers === 1 ? 'worker' : 'workers'}${queued}`;
  if (running && !responds)
    return `process ${pid} does not respond; ${workers}. The next command starts another watcher.\n  its log  ${log}`;
  if (running)
    return `process ${pid} watches ${workers} since ${relative(started_at ?? '', new Date())} (fence ${fence})\n  its log  ${log}`;
  return enabled
    ? `no watcher runs; ${workers}. A spawn starts the watcher.`
    : `switched off in config.yaml; ${workers}`;
}
