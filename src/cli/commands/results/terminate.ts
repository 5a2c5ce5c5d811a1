import { Command } from 'clipanion';
import { Termination } from '../../../workers/commands/terminate.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, worker } from '../../grammar/option.ts';
import { run } from '../../workers/terminate.ts';

export default class Terminate extends LedgerCommand<Termination> {
  static override paths = [['terminate']];
  static override report = Termination;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'End a worker and every process it started',
    details:
      'Includes processes that left its process group, or that ignore HUP and TERM. Files and worktrees are kept.',
    examples: [
      ['End the newest worker', '$0 terminate @last'],
      ['Show what would be ended', '$0 terminate @last --dry-run'],
    ],
  });

  session = worker();
  dryRun = flag('--dry-run', 'show what would be ended, and end nothing');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
