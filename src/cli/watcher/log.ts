import { existsSync } from 'node:fs';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { list, text } from '../../events/shapes.ts';
import { tailLines } from '../../terminal/transcript.ts';
import type { House } from '../../workers/house.ts';
import { watcherLog } from '../../workers/watcher-process.ts';
import { HouseCommand } from '../command.ts';
import { Option, pagerOption, wholeNumber } from '../option.ts';

const LogTail = Type.Object({ path: text, lines: list(text) });
type LogTail = Static<typeof LogTail>;

export default class WatcherLog extends HouseCommand<LogTail> {
  static override paths = [['watcher', 'log']];
  static override report = LogTail;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'the last lines of what the watcher said',
    examples: [['The last ten', '$0 watcher log --lines 10']],
  });

  lines = Option.String('--lines', { description: 'how many (40)', validator: wholeNumber(1) });
  override pager = pagerOption();

  async run(house: House): Promise<undefined> {
    const path = watcherLog(house);
    const lines = existsSync(path) ? tailLines(path, this.lines ?? 40) : [];
    await this.show({ path, lines }, (log) => log.lines.join('\n') || 'the watcher has said nothing yet');
  }
}
