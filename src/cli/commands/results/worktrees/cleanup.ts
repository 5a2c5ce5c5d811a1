import type { Writable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { columnsOf, paint } from '../../../../report/text/style.ts';
import { wrap } from '../../../../report/text/wrap.ts';
import { reconcileIfNeeded } from '../../../../workers/commands/reconcile.ts';
import { Cleanup, CleanupPlan, cleanWorktree, planCleanup } from '../../../../workers/commands/worktrees.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { sessionNamed } from '../../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, worker } from '../../../grammar/option.ts';

const CleanupReport = Type.Union([Cleanup, CleanupPlan], {
  description: 'What was taken away and what was kept; with `--dry-run`, what would be.',
});
type CleanupReport = Static<typeof CleanupReport>;

export default class WorktreesCleanup extends LedgerCommand<CleanupReport> {
  static override paths = [['worktrees', 'cleanup']];
  static override report = CleanupReport;
  static override usage = Command.Usage({
    category: 'Results',
    description: "Remove a worker's git worktree",
    details: `
      Also deletes its branch, unless it holds commits that exist nowhere else. Refused while the worker works, and while the worktree has uncommitted changes. With \`--force\` those changes are lost, and a worker that has finished is terminated first; terminate one that still works yourself. Safe to repeat.
    `,
    examples: [
      ['Show what would be removed', '$0 worktrees cleanup @last --dry-run'],
      ['Remove it', '$0 worktrees cleanup @last'],
    ],
  });

  session = worker();
  force = flag('--force,--yes', 'remove it even with uncommitted changes');
  dryRun = flag('--dry-run', 'show what would be removed, and remove nothing');

  async run(app: AppContext): Promise<undefined> {
    await reconcileIfNeeded(app);
    const { stdout } = this.context;
    const session = sessionNamed(app, this.session);
    if (this.dryRun) {
      this.print(await planCleanup(app, session, this.force), (plan) => planned(plan, stdout));
    } else {
      this.print(await cleanWorktree(app, session, { force: this.force }), (done) => cleaned(done, stdout));
    }
  }
}

function planned(
  { path, would_remove, blocked, reason, branch, would_keep_branch }: CleanupPlan,
  stream: Writable,
) {
  const color = paint(stream);
  if (!would_remove)
    return `${blocked ? color.yellow('!') : color.dim('·')} ${path} would stay:\n  ${reason}`;
  const outcome = would_keep_branch ? 'would be kept' : 'would go too';
  return `${color.green('✓')} ${path} would go:\n  ${reason}\n  branch ${branch} ${outcome}`;
}

function cleaned({ path, removed, branch, branch_kept, rescued_branch, reason }: Cleanup, stream: Writable) {
  const color = paint(stream);
  return [
    `${removed ? color.green('✓') : color.dim('·')} ${path} ${removed ? 'is gone' : 'was gone already'}`,
    `  branch ${branch} ${branch_kept ? 'is kept' : 'is gone'}`,
    ...wrap(reason, columnsOf(stream) - 2).map((line) => color.dim(`  ${line}`)),
    ...(rescued_branch ? [`  commits that were on no branch are now on ${rescued_branch}`] : []),
  ].join('\n');
}
