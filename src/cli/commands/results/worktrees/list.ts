import { Command } from 'clipanion';
import { shell } from '../../../../lib/text/shell.ts';
import { plainRecord } from '../../../../report/text/plain.ts';
import { columnsOf, paint, stateLabel } from '../../../../report/text/style.ts';
import { table } from '../../../../report/text/table.ts';
import { reconcileIfNeeded } from '../../../../workers/commands/reconcile.ts';
import {
  type SessionWorktree,
  sessionWorktrees,
  WorktreeList,
} from '../../../../workers/commands/worktrees.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag, value } from '../../../grammar/option.ts';

export default class WorktreesList extends LedgerCommand<WorktreeList> {
  static override paths = [['worktrees', 'list']];
  static override report = WorktreeList;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'List the git worktrees of workers in a repository',
    examples: [['List those of this repository', '$0 worktrees list']],
  });

  repo = value('--repo', 'a folder of the repository', { initially: '.' });
  override plain = plainFlag('one worktree');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    await reconcileIfNeeded(app);
    const listed = await sessionWorktrees(app, this.repo);
    await this.show(
      listed,
      ({ repo_path, worktrees }) =>
        worktrees.length === 0 ? `No worker has a worktree beside ${repo_path}.` : this.#words(worktrees),
      plainly,
    );
  }

  #words(worktrees: readonly SessionWorktree[]): string {
    const { stdout } = this.context;
    const rows = worktrees.map((worktree) => [
      worktree.session_id,
      worktree.state === null ? 'unknown here' : stateLabel(worktree.state, stdout),
      holding(worktree),
      worktree.branch ?? worktree.head.slice(0, 12),
    ]);
    const listed = table(['WORKER', 'STATE', 'WORK TREE', 'BRANCH'], rows, columnsOf(stdout));
    const done = worktrees.find(({ active }) => !active);
    const hint =
      done && `  clear one away  ${shell`agentpool worktrees cleanup ${done.session_id} --dry-run`}`;
    return hint ? `${listed}\n\n${paint(stdout).dim(hint)}` : listed;
  }
}

const plainly = ({ worktrees }: WorktreeList): string[] =>
  worktrees.map((worktree) =>
    plainRecord(worktree.session_id, worktree.state, holding(worktree), worktree.path, worktree.branch),
  );

const holding = ({ active, dirty, missing }: SessionWorktree): string =>
  [missing ? 'gone' : dirty ? 'has changes' : 'clean', ...(active ? ['in use'] : [])].join(', ');
