import { Command } from 'clipanion';
import { TAUGHT_LABELS } from '../../../../terminal/detection/learning/suggest.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, oneOf, value, wholeNumber, worker } from '../../../grammar/option.ts';
import { LearnReport, run } from '../../../workers/detectors/learn.ts';

export default class DetectorsLearn extends LedgerCommand<LearnReport> {
  static override paths = [['detectors', 'learn']];
  static override report = LearnReport;
  static override usage = Command.Usage({
    category: 'Connect',
    description: "Teach what a worker's screen means, where it was read wrong",
    details: `
      Writes a rule of your own from the screen that the worker shows now, or showed last. The rule rests on a row of it that is on no screen that is kept here with another label: those that you have labelled, and the recordings of this agent's workers. It shows which of them would be read otherwise, and then asks; without a terminal it needs --yes. The screen itself is kept with its label.
    `,
    examples: [
      ['See what would be learned', '$0 detectors learn @last --label idle --dry-run'],
      ['Name the row yourself', '$0 detectors learn @last --label idle --row 1 --dry-run'],
    ],
  });

  session = worker();
  label = value('--label', TAUGHT_LABELS.join(', '), { takes: oneOf(TAUGHT_LABELS), required: true });
  row = value('--row', 'the row of the screen that the rule rests on, counted from 1', {
    takes: wholeNumber(1),
  });
  dryRun = flag('--dry-run', 'show the rule and what it would change, and write nothing');
  yes = flag('--yes,-y', 'do not ask');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
