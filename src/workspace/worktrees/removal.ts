import { basename, dirname } from 'node:path';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { flag, noted, nullable, text } from '../../lib/shapes.ts';
import { firstNames } from '../../lib/text/counted.ts';
import { shell } from '../../lib/text/shell.ts';
import { resolveRevision, resolveRevisions } from '../git/repository.ts';
import {
  type BranchOutcome,
  breakBranchLock,
  entriesOf,
  eraseWorktree,
  lockReason,
  releaseBranch,
  stopCreation,
  type WorktreePlace,
  worktreeState,
} from './remains.ts';
import { countUnmerged, firstUnsavedWork, rescueLooseCommits, unsavedWork } from './unsaved-work.ts';
import { repositoryOf, WORKTREES_FOLDER, type WorktreePlan } from './worktrees.ts';

export interface WorktreeRequest {
  path: string;
  branch: string;
  repo: string;
  /** The git folder that all worktrees of the repository share, if it is known. */
  common_dir?: string;
}

/** What a worktree has that would go with it. */
export interface Loss {
  exists: boolean;
  /** It has changes that are in no commit. */
  dirty: boolean;
  /** Its files that a rule of git ignores, without what tools generate again. */
  ignored: string[];
  /** The commit that it is on; null if that is not known. */
  head: string | null;
  /** The reason of `git worktree lock`, null when it is not locked. */
  locked: string | null;
}

export interface CleanupFacts extends Loss {
  /** Commits of its branch and its HEAD that no other branch, tag or remote contains. */
  unmergedCommits: number;
}

export const WorktreeRemoval = Type.Object({
  path: text,
  removed: noted(flag, 'False: there was nothing to remove.'),
  branch: text,
  branch_kept: flag,
  head: noted(nullable(text), 'The commit that it was on; null if that is not known.'),
  rescued_branch: noted(nullable(text), 'Commits that were on no branch are kept under this new one.'),
  reason: text,
});
export type WorktreeRemoval = Static<typeof WorktreeRemoval>;

/** What would be lost if this worktree were removed. */
export async function inspectCleanup(worktree: WorktreeRequest): Promise<CleanupFacts> {
  const place = await placeOf(worktree);
  const { facts, tips } = await inspect(place, unsavedWork);
  return { ...facts, unmergedCommits: await countUnmerged(place, tips) };
}

/**
 * The same where one reason to keep it is enough, by a few processes: in one that has changes, ignored files are not
 * looked for. Its commits that are nowhere else do not keep it, and are counted when that is asked for.
 */
export async function inspectLoss(
  worktree: WorktreeRequest,
): Promise<{ facts: Loss; countUnmerged: () => Promise<number> }> {
  const place = await placeOf(worktree);
  const { facts, tips } = await inspect(place, firstUnsavedWork);
  return { facts, countUnmerged: () => countUnmerged(place, tips) };
}

/**
 * Removes a worktree, and its branch unless that has commits which are nowhere else. Safe to repeat. Throws
 * WORKTREE_DIRTY and WORKTREE_LOCKED without force; WORKTREE_INVALID for a folder that is no worktree of a session.
 */
export async function removeWorktree(
  request: WorktreeRequest & {
    force: boolean;
    /** Called at the last moment: what it throws stops the removal. */
    confirm?: () => void;
  },
): Promise<WorktreeRemoval> {
  const place = await placeOf(request);
  const { facts } = await inspect(place, firstUnsavedWork);
  if (!request.force) refuseLoss(place, facts);
  const rescued = await rescueLooseCommits(place);
  request.confirm?.();
  const removed = await eraseWorktree(place);
  const tip = await resolveRevision(place.common_dir, `refs/heads/${place.branch}`);
  const outcome = tip === null ? null : await branchOutcome(place, tip);
  return {
    path: place.path,
    removed,
    branch: place.branch,
    branch_kept: outcome?.kept ?? false,
    head: facts.head,
    rescued_branch: rescued,
    reason: [removed ? null : 'there was no worktree', outcome?.reason ?? 'its branch was already gone']
      .filter((part) => part !== null)
      .join('; '),
  };
}

/**
 * Removes what is left of a worktree whose creator was killed at any moment: its git processes, folder, registration,
 * locks and branch. Safe to repeat. Work is never lost: a finished worktree with changes in it is kept, and so is a
 * branch that has moved from the base.
 */
export async function undoWorktree(plan: WorktreePlan): Promise<WorktreeRemoval> {
  await stopCreation(plan);
  const common = { path: plan.path, branch: plan.branch, head: null, rescued_branch: null };
  const state = await worktreeState(plan);
  if (state !== 'creating' && (await firstUnsavedWork(plan, state))) {
    return { ...common, removed: false, branch_kept: true, reason: 'it has changes that are in no commit' };
  }
  const rescued = await rescueLooseCommits(plan);
  const removed = await eraseWorktree(plan);
  await breakBranchLock(plan);
  const outcome = await releaseBranch(plan, plan.base);
  return { ...common, rescued_branch: rescued, removed, branch_kept: outcome.kept, reason: outcome.reason };
}

async function placeOf({ repo, path, branch, ...known }: WorktreeRequest): Promise<WorktreePlace> {
  const common_dir = known.common_dir ?? (await repositoryOf(repo)).common_dir;
  if (basename(dirname(path)) !== WORKTREES_FOLDER || !/^agentpool[/-]/.test(branch)) {
    const message = `${path} (${branch}) is not a session's worktree and was not changed.`;
    throw new AgentPoolError('WORKTREE_INVALID', message, {
      path,
      branch,
      example: 'agentpool worktrees list',
    });
  }
  return { path, branch, common_dir };
}

/** What is lost with it, and the commits of its HEAD and its branch. */
async function inspect(
  place: WorktreePlace,
  unsavedIn: typeof firstUnsavedWork,
): Promise<{ facts: Loss; tips: string[] }> {
  const state = await worktreeState(place);
  const [git_dir] = await entriesOf(place);
  const entry = state === 'complete' ? git_dir : undefined;
  const ref = `refs/heads/${place.branch}`;
  const [tip = null, head = null] = await (entry === undefined
    ? resolveRevisions(place.common_dir, [ref])
    : resolveRevisions(entry, [ref, 'HEAD^{commit}']));
  const unsaved = await unsavedIn(place, state, entry === undefined ? {} : { head });
  const facts = {
    exists: state !== 'absent',
    dirty: unsaved?.changes ?? false,
    ignored: unsaved?.ignored ?? [],
    head: head ?? tip,
    locked: entry === undefined ? null : await lockReason(entry),
  };
  return { facts, tips: [head, tip].filter((commit) => commit !== null) };
}

function refuseLoss(place: WorktreePlace, facts: Loss): void {
  const details = { path: place.path, branch: place.branch };
  if (facts.dirty) {
    const example = shell`git -C ${place.path} status`;
    const message = `${place.path} has changes that are in no commit. Check: ${example}. Commit them, or use --force to lose them.`;
    throw new AgentPoolError('WORKTREE_DIRTY', message, { ...details, example });
  }
  if (facts.ignored.length > 0) {
    const example = shell`git -C ${place.path} status --ignored`;
    const message = `${place.path} has files that git ignores and no commit has: ${firstNames(facts.ignored, 5)}. Copy what you need, or use --force to lose them.`;
    throw new AgentPoolError('WORKTREE_DIRTY', message, { ...details, ignored: facts.ignored, example });
  }
  if (facts.locked !== null) {
    const example = shell`git worktree unlock ${place.path}`;
    const message = `${place.path} is locked (${facts.locked || 'no reason given'}). Type: ${example}, or use --force.`;
    throw new AgentPoolError('WORKTREE_LOCKED', message, { ...details, example });
  }
}

async function branchOutcome(place: WorktreePlace, tip: string): Promise<BranchOutcome> {
  const own = await countUnmerged(place, [tip]);
  if (own === 0) return releaseBranch(place, tip);
  const commits = own === 1 ? '1 commit that is' : `${own} commits that are`;
  return { kept: true, reason: `the branch has ${commits} nowhere else` };
}
