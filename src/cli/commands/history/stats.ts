import { Command } from 'clipanion';
import { bytes } from '../../../lib/text/bytes.ts';
import { paint } from '../../../report/text/style.ts';
import { statsLines } from '../../../report/views/history/stats.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { placeOfAllMachines } from '../../../workers/queries/fleet/stats.ts';
import { type Stats, sections } from '../../../workers/queries/stats/shape.ts';
import { placeOf, stats } from '../../../workers/queries/stats/stats.ts';
import { StatsReport } from '../../../workers/queries/stats/stats-schema.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, list, pagerFlag, plainFlag, value } from '../../grammar/option.ts';

export default class StatsCommand extends LedgerCommand<StatsReport> {
  static override paths = [['stats']];
  static override report = StatsReport;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Summarise a period: work done, limits met and avoided',
    details: `Days are calendar days in your time zone. Sections: ${sections.map((name) => `\`${name}\``).join(', ')}.`,
    examples: [
      ['Show the last seven days', '$0 stats'],
      ['Show the last 36 hours', '$0 stats --since 36h'],
      ['Show the first week of March', '$0 stats --since 2026-03-01/2026-03-07'],
      ['Draw a card to share', '$0 stats --since 30d --share stats.png'],
    ],
  });

  since = value('--since', '7d, 12h, 1w, all, a day, or two days A/B (7d)');
  from = value('--from', 'from this day or time on');
  to = value('--to', 'to the end of this day, or to this time');
  provider = value('--provider', 'only this provider');
  scope = value('--scope', 'mine or all (all)');
  sections = list('--sections', 'only these sections, separated by commas (or repeat it)');
  allMachines = flag('--all-machines', 'count the workers of every machine of the fleet');
  includeFakes = flag('--include-fakes', 'count the workers of fake agents, too');
  share = value('--share', 'draw a card into this file: .png (1200×630) or .svg');
  override plain = plainFlag();
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const { since, from, to, provider, scope, includeFakes } = this;
    // The card has a fixed set of sections.
    const asked = {
      since,
      from,
      to,
      provider,
      scope,
      includeFakes,
      sections: this.share ? [] : this.sections,
    };
    const place = this.allMachines ? placeOfAllMachines(app) : placeOf(app);
    const reported = await stats(place, asked, new Date());
    if (this.share !== undefined) return this.#share(reported, this.share);
    const { stdout } = this.context;
    await this.show(reported, (figures) => statsLines(figures, stdout).join('\n'));
  }

  async #share(reported: Stats, file: string): Promise<undefined> {
    const { share } = await import('../../../report/card/share.ts');
    const shared = await share(reported, file);
    this.print({ ...reported, shared }, () => {
      const color = paint(this.context.stdout);
      const { path, width, height, bytes: size } = shared;
      return `${color.green('✓')} ${color.bold(path)}\n  ${reported.window.label}, ${width}×${height}, ${bytes(size)}`;
    });
  }
}
