import { createWorktree, planWorktree, type WorktreePlan } from '../worktrees/worktrees.ts';
import { folder } from './repository.ts';

/** Where worktrees go when no folder can be made beside the repository. */
export const elsewhere = { home: folder('home') };

let count = 0;

/** A worktree plan of a new session on each call. */
export async function planned(repo: string): Promise<WorktreePlan> {
  count += 1;
  return planWorktree({
    repo,
    provider: 'claude',
    sessionId: `ap_${count.toString(16).padStart(8, '0')}`,
    home: elsewhere.home,
  });
}

export async function created(repo: string): Promise<WorktreePlan> {
  const plan = await planned(repo);
  await createWorktree(plan);
  return plan;
}
