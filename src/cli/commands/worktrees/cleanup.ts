import type { Writable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { columnsOf, paint } from '../../../report/text/style.ts';
import { wrap } from '../../../report/text/wrap.ts';
import { reconcileIfNeeded } from '../../../workers/commands/reconcile.ts';
import { Cleanup, CleanupPlan, cleanWorktree, planCleanup } from '../../../workers/commands/worktrees.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/named-session.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { Option } from '../../grammar/option.ts';

const CleanupReport = Type.Union([Cleanup, CleanupPlan], {
  description: 'What was taken away and what was kept; with `--dry-run`, what would be.',
});
type CleanupReport = Static<typeof CleanupReport>;

export default class WorktreesCleanup extends LedgerCommand<CleanupReport> {
  static override paths = [['worktrees', 'cleanup']];
  static override report = CleanupReport;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: "take a worker's git worktree away",
    details: `
      Its branch goes too, unless it holds commits that are nowhere else. Refused while the worker works, and while the worktree holds changes that are in no commit. With \`--force\` those changes are lost, and a worker that is done is ended first; one that still works has to be terminated. May be repeated.
    `,
    examples: [
      ['See what would go', '$0 worktrees cleanup --session-id @last --dry-run'],
      ['Take it away', '$0 worktrees cleanup --session-id @last'],
    ],
  });

  session = Option.String('--session-id', {
    required: true,
    description: 'the worker: an id, its beginning, or @last',
  });
  force = Option.Boolean('--force,--yes', false, { description: 'also with changes that are in no commit' });
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be taken away' });

  async run(app: AppContext): Promise<undefined> {
    await reconcileIfNeeded(app);
    const { stdout } = this.context;
    const session = sessionNamed(app, this.session);
    if (this.dryRun) {
      this.print(await planCleanup(app, session, this.force), (plan) => planned(plan, stdout));
    } else {
      this.print(await cleanWorktree(app, session, this.force), (done) => cleaned(done, stdout));
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
