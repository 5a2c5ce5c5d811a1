import { sessionById } from '../../projections/sessions/queries.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { flag, text } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { plainName } from '../untrusted.ts';
import { session_id } from './steering.ts';

const worktrees = () => import('../../workers/commands/worktrees.ts');

/** The git worktrees of workers with isolation=worktree. */
export const worktreeTools = [
  tool({
    name: 'list_worktrees',
    description: 'The git worktrees that workers have beside a repository, and what they hold.',
    params: { repo_path: text('a folder of the repository') },
    output: { repo_path: 'string', worktrees: 'array' },
    annotations: reading,
    run: async (app, given, { lockdown }) => {
      const found = await (await worktrees()).sessionWorktrees(app, given.repo_path);
      const reported = found.worktrees.flatMap((worktree) => {
        const made = sessionById(app.ledger, worktree.session_id);
        // A branch that the worker has made is named by the worker, and so may be a worktree of no session that we know.
        if (!made && lockdown) return [];
        const branch = worktree.branch === made?.worktree_branch ? worktree.branch : null;
        const { path, session_id } = worktree;
        return [{ ...worktree, branch, path: plainName(path), session_id: plainName(session_id) }];
      });
      return { repo_path: found.repo_path, worktrees: reported };
    },
  }),
  tool({
    name: 'cleanup_worktree',
    description:
      "Take a worker's worktree away. Refused while it works, and while changes are in no commit: collect them first; force=true gives them up. Commits that are nowhere else keep their branch.",
    params: { session_id, force: flag(false) },
    output: {
      session_id: 'string',
      path: 'string',
      removed: 'boolean',
      branch_kept: 'boolean',
      reason: 'string',
    },
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: async (app, given) =>
      (await worktrees()).cleanWorktree(app, sessionNamed(app, given.session_id), given.force),
  }),
];
