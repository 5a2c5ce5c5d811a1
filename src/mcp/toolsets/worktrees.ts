import { sessionById } from '../../projections/sessions/queries.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { repositoryPath } from '../allowed-path.ts';
import { flag, named } from '../arguments/parameters.ts';
import { reading, tool } from '../tool.ts';
import { plainName } from '../untrusted.ts';
import { afterEnding, session_id } from './steering.ts';

const worktrees = () => import('../../workers/commands/worktrees.ts');

/** The git worktrees of workers with isolation=worktree. */
export const cleanupWorktree = tool({
  name: 'cleanup_worktree',
  description:
    "Remove a worker's worktree. Refused while it works, and while it has changes that no commit has: collect them and apply diff.patch first; force=true discards them. A branch with commits that are nowhere else is kept.",
  params: { session_id, force: flag(false) },
  output: {
    session_id: 'string',
    path: 'string',
    removed: 'boolean',
    branch_kept: 'boolean',
    reason: 'string',
  },
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  run: async (app, args) =>
    (await worktrees()).cleanWorktree(app, sessionNamed(app, args.session_id), { force: args.force }),
  next: ({ app, answer: { session_id, removed } }) => (removed ? afterEnding(app, session_id) : null),
});

export const worktreeTools = [
  tool({
    name: 'list_worktrees',
    description: 'The git worktrees that workers have beside a repository, and their state.',
    params: { repo_path: named('absolute path of a folder of the repository', '/home/me/project') },
    output: { repo_path: 'string', worktrees: 'array' },
    annotations: reading,
    run: async (app, args, { lockdown }) => {
      const found = await (await worktrees()).sessionWorktrees(app, repositoryPath(args.repo_path));
      const rows = found.worktrees.flatMap((worktree) => {
        const made = sessionById(app.ledger, worktree.session_id);
        // A worker may have named its own branch, and a worktree of no known session: neither may reach the host.
        if (!made && lockdown) return [];
        const branch = worktree.branch === made?.worktree_branch ? worktree.branch : null;
        const { path, session_id } = worktree;
        return [{ ...worktree, branch, path: plainName(path), session_id: plainName(session_id) }];
      });
      return { repo_path: found.repo_path, worktrees: rows };
    },
  }),
  cleanupWorktree,
];
