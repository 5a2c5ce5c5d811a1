import { Command } from 'clipanion';
import { gcLines } from '../../../report/views/workers/gc.ts';
import { collectGarbage } from '../../../workers/commands/gc/gc.ts';
import { limitsFrom } from '../../../workers/commands/gc/limits.ts';
import { GcReport } from '../../../workers/commands/gc/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, value } from '../../grammar/option.ts';

export default class Gc extends LedgerCommand<GcReport> {
  static override paths = [['gc']];
  static override report = GcReport;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'Free the disk space that ended workers take up',
    details: `
      Removes worktrees, recordings and artifacts of workers that ended long enough ago: by \`--older-than\`, or by \`retention\` in config.yaml. The ledger keeps what happened.

      It never removes the only copy of work that was not collected. A worktree with uncommitted changes stays, and so does a branch with commits that exist nowhere else; a patch stays until it is applied or its changes are in a commit. What stays is listed with the reason. See docs/worktrees.md.
    `,
    examples: [
      ['Show what would be removed', '$0 gc --older-than 30d --dry-run'],
      ['Remove it', '$0 gc --older-than 30d'],
    ],
  });

  olderThan = value(
    '--older-than',
    'how long ago a worker must have ended: 12h, 30d (retention in config.yaml)',
  );
  dryRun = flag('--dry-run', 'show what would be removed, and remove nothing');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const limits = limitsFrom(app.config, this.olderThan);
    const report = await collectGarbage(app, { limits, dryRun: this.dryRun });
    await this.show(report, (each) => gcLines(each, this.context.stdout).join('\n'));
  }
}
