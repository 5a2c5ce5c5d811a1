import { randomBytes } from 'node:crypto';
import { createWorktree, planWorktree, type WorktreePlan } from '../worktrees/worktrees.ts';
import { folder } from './repository.ts';

/** Where worktrees go when no folder can be made beside the repository. */
export const elsewhere = { home: folder('home'), root: null };

/** A worktree plan of a new session on each call; test files that run side by side share no branch names. */
export async function planned(repo: string): Promise<WorktreePlan> {
  return planWorktree({
    repo,
    provider: 'claude',
    sessionId: `ap_${randomBytes(4).toString('hex')}`,
    ...elsewhere,
  });
}

export async function created(repo: string): Promise<WorktreePlan> {
  const plan = await planned(repo);
  await createWorktree(plan);
  return plan;
}
