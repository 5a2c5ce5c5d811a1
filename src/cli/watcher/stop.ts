import { Command } from 'clipanion';
import type { House } from '../../workers/house.ts';
import { stopWatcher, WatcherStop } from '../../workers/watcher-process.ts';
import { HouseCommand } from '../command.ts';

export default class Stop extends HouseCommand<WatcherStop> {
  static override paths = [['watcher', 'stop']];
  static override report = WatcherStop;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'end the watcher; the workers live on',
    details: 'The next command that needs it starts it again.',
    examples: [['End it', '$0 watcher stop']],
  });

  protected override truthful = false;

  async run(house: House): Promise<undefined> {
    this.print(await stopWatcher(house), ({ stopped, pid }) =>
      stopped ? `ended process ${pid}` : 'no watcher runs',
    );
  }
}
