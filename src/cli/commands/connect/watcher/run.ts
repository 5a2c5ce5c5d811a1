import { writeSync } from 'node:fs';
import { Command } from 'clipanion';
import { shown } from '../../../../lib/text/shown.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { HomeWatcher } from '../../../../workers/watch/watcher/watcher.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';

export default class WatcherRun extends LedgerCommand {
  static override paths = [['watcher', 'run']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Watch the workers of this home in the foreground',
    details: 'A spawn starts the same in the background.',
    examples: [['Follow what the watcher does', '$0 watcher run']],
  });

  protected override actor = 'watcher';

  async run(app: AppContext): Promise<undefined> {
    const stop = new AbortController();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
    // Not by the stream, which a full disk would end for good: there may be space for the next line.
    const say = (line: string) => {
      writeSync(1, `${new Date().toISOString()} ${shown(line)}\n`);
    };
    const ran = await new HomeWatcher(app, say, () => process.exit(1)).run(stop.signal);
    if (!ran) say('another watcher runs; nothing to do');
  }
}
