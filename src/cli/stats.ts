import { Command, Option } from 'clipanion';
import type { House } from '../workers/house.ts';
import { sections } from '../workers/stats/report.ts';
import { stats } from '../workers/stats/stats.ts';
import { HouseCommand } from './command.ts';
import { plainLines } from './output/plain.ts';
import { statsLines } from './output/stats.ts';

export default class StatsCommand extends HouseCommand {
  static override paths = [['stats']];
  static override usage = Command.Usage({
    category: 'Workers',
    description:
      'what was done in a window of time: workers, how many at once, limits that were met or avoided',
    details: `Days are those of the calendar where you are. \`--sections\` takes ${sections.join(', ')}.`,
    examples: [
      ['The last seven days', '$0 stats'],
      ['Since yesterday noon', '$0 stats --since 36h'],
      ['The first week of March', '$0 stats --since 2026-03-01/2026-03-07'],
      ['A card to show', '$0 stats --since 30d --share stats.png'],
    ],
  });

  since = Option.String('--since', { description: '7d, 12h, 1w, all, a day, or two days A/B (7d)' });
  from = Option.String('--from', { description: 'from this day or moment on' });
  to = Option.String('--to', { description: 'to the end of this day, or to this moment' });
  provider = Option.String('--provider', { description: 'of one provider only' });
  scope = Option.String('--scope', { description: 'mine or all (all)' });
  sections = Option.Array('--sections', { description: 'only these; repeat it, or put commas between' });
  plain = Option.Boolean('--plain', false, { description: 'one figure a line, a tab before its value' });

  run(house: House): undefined {
    const told = house.ledger.store.reading(() => stats(house.ledger, this, house.env, new Date()));
    const { stdout } = this.context;
    this.print(told, (figures) =>
      (this.plain ? plainLines(figures) : statsLines(figures, stdout)).join('\n'),
    );
  }
}
