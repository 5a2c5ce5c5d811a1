import { Command } from 'clipanion';
import { bytes } from '../../lib/text/bytes.ts';
import { paint } from '../../report/text/style.ts';
import { statsLines } from '../../report/views/stats.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { type Stats, sections } from '../../workers/queries/stats/shape.ts';
import { placeOf, stats } from '../../workers/queries/stats/stats.ts';
import { StatsReport } from '../../workers/queries/stats/stats-schema.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option, pagerOption, plainOption } from '../grammar/option.ts';

export default class StatsCommand extends LedgerCommand<StatsReport> {
  static override paths = [['stats']];
  static override report = StatsReport;
  static override usage = Command.Usage({
    category: 'Look back',
    description: 'what was done in a window of time, and which limits were met',
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
  share = Option.String('--share', { description: 'draw a card into this file: .png (1200×630) or .svg' });
  override plain = plainOption();
  override pager = pagerOption();

  async run(app: AppContext): Promise<undefined> {
    const { since, from, to, provider, scope } = this;
    // The card shows what it shows.
    const asked = { since, from, to, provider, scope, sections: this.share ? [] : this.sections };
    const reported = await stats(placeOf(app), asked, new Date());
    if (this.share !== undefined) return this.#share(reported, this.share);
    const { stdout } = this.context;
    await this.show(reported, (figures) => statsLines(figures, stdout).join('\n'));
  }

  async #share(reported: Stats, file: string): Promise<undefined> {
    const { share } = await import('../../report/card/share.ts');
    const shared = await share(reported, file);
    this.print({ ...reported, shared }, () => {
      const color = paint(this.context.stdout);
      const { path, width, height, bytes: size } = shared;
      return `${color.green('✓')} ${color.bold(path)}\n  ${reported.window.label}, ${width}×${height}, ${bytes(size)}`;
    });
  }
}
