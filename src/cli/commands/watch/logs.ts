import { Command } from 'clipanion';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, value, wholeNumber, worker } from '../../grammar/option.ts';
import { run } from '../../workers/logs.ts';
import { TranscriptPage } from '../../workers/transcript-page.ts';

export default class Logs extends LedgerCommand<TranscriptPage> {
  static override paths = [['logs']];
  static override report = TranscriptPage;
  static override manyReports = true;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'Print what a worker printed, or follow it',
    details: `
      Prints each line once, in order and redacted: the whole transcript, or with --lines the end of it. With --follow it begins with the last 20 lines and goes on with what the worker prints, also after \`agentpool resume\`, until the worker has ended or Ctrl-C (exit code 130); the worker keeps running. Lines that a worker may still draw again, such as its input box, are printed once they no longer change. With --follow, --json prints one object per piece.
    `,
    examples: [
      ['Print all of it', '$0 logs @last'],
      ['Follow it', '$0 logs @last --follow'],
      ['Print the last 50 lines', '$0 logs @last -n 50'],
    ],
  });

  session = worker();
  follow = flag('--follow,-f', 'continue with what the worker prints, until it ends');
  lines = value('--lines,-n', 'how many lines from the end (all; 20 with --follow)', {
    takes: wholeNumber(),
  });
  override pager = pagerFlag();

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
