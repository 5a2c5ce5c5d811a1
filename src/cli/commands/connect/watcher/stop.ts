import { Command } from 'clipanion';
import type { AppContext } from '../../../../workers/core/context.ts';
import { stopWatcher, WatcherStop } from '../../../../workers/core/watcher/watcher-process.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';

export default class Stop extends LedgerCommand<WatcherStop> {
  static override paths = [['watcher', 'stop']];
  static override report = WatcherStop;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Stop the watcher; workers keep running',
    details: 'The next command that needs the watcher starts it again.',
    examples: [['Stop it', '$0 watcher stop']],
  });

  protected override needsValidConfig = false;
  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    this.print(await stopWatcher(app), ({ stopped, pid }) =>
      stopped ? `ended process ${pid}` : 'no watcher runs',
    );
  }
}
