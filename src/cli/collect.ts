import { Command } from 'clipanion';
import { Collected, collectWorker } from '../workers/collect.ts';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { HouseCommand } from './command.ts';
import { detailNamed } from './observe.ts';
import { Option, pagerOption } from './option.ts';
import { collectedLines } from './output/collected.ts';

export default class Collect extends HouseCommand<Collected> {
  static override paths = [['collect']];
  static override report = Collected;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'gather what a worker made: patch, result, log',
    details: `
      The patch holds everything that changed since the spawn: unstaged, staged, untracked, committed, renamed, binary.
      Your index and work tree are not touched, and nothing is merged.
    `,
    examples: [['Gather and read the result', '$0 collect @last --detail excerpt']],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  detail = Option.String('--detail', 'summary', { description: 'summary, excerpt or full' });
  override pager = pagerOption();

  async run(house: House): Promise<undefined> {
    const detail = detailNamed(this.detail);
    const session = sessionNamed(house, this.session);
    await this.show(await collectWorker(house, session, detail), (collected) =>
      collectedLines(collected, this.context.stdout).join('\n'),
    );
  }
}
