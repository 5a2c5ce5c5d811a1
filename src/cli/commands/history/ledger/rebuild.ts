import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { count, list, noted, text } from '../../../../lib/shapes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { monotonic } from '../../../../lib/time/monotonic.ts';
import { tableStatuses } from '../../../../projections/projector/ledger-stats.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { paint } from '../../../../report/text/style.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';

const Rebuilt = Type.Object({
  rebuilt: noted(list(text), 'The projections.'),
  events: count,
  resumed_from: noted(count, '0 for one from the beginning.'),
  seconds: Type.Number(),
});
type Rebuilt = Static<typeof Rebuilt>;

export default class LedgerRebuild extends LedgerCommand<Rebuilt> {
  static override paths = [['ledger', 'rebuild']];
  static override report = Rebuilt;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Rebuild every table from the log',
    details: `
      Builds the new tables beside those in use and swaps them in one transaction: queries and workers keep running. An interrupted rebuild continues where it stopped; start it again.
    `,
    examples: [['Rebuild every table', '$0 ledger rebuild']],
  });
  protected override reconciles = false;

  run({ ledger }: AppContext): undefined {
    const begun = monotonic();
    const resumed = Math.max(
      0,
      ...tableStatuses(ledger).flatMap((each) => (each.active ? [] : each.position)),
    );
    const progress = new ProgressLine(this.context.stderr, 'rebuilding');
    ledger.projector.rebuild(undefined, ({ position, last }) => progress.at(position, last));
    progress.end();
    const projections = tableStatuses(ledger).filter(({ active }) => active);
    const result = {
      rebuilt: projections.map(({ name }) => name),
      events: ledger.store.lastPosition(),
      resumed_from: resumed,
      seconds: (monotonic() - begun) / 1000,
    };
    this.print(result, ({ rebuilt, events, seconds }) => {
      const again = resumed > 0 ? `, going on from position ${resumed}` : '';
      const sign = paint(this.context.stdout).green('✓');
      return `${sign} rebuilt ${rebuilt.join(', ')} from ${counted(events, 'event')} in ${seconds.toFixed(1)} s${again}`;
    });
  }
}
