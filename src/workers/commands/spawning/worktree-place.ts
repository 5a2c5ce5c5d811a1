import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ArtifactPaths } from '../../../workspace/artifacts.ts';
import { type Baseline, baselineOfCheckout, takeBaseline } from '../../../workspace/changes/baseline.ts';
import type { Checkout } from '../../../workspace/worktrees/checkout.ts';
import { copyIncluded, hasIncludes } from '../../../workspace/worktrees/included.ts';
import { beginPreparing } from '../../../workspace/worktrees/prepared.ts';
import type { WorktreePlan } from '../../../workspace/worktrees/worktrees.ts';
import { runSetup, type Setup } from './setup.ts';

/** A worktree with all that a worker needs in it. */
export interface ReadyWorktree {
  /** The folder of the spawn inside the worktree; it may be a part of the repository. */
  cwd: string;
  baseline: Baseline;
  /** Whether it has files of no commit. It counts as unfinished, and is removed after a kill, until `endPreparing`. */
  isPrepared: boolean;
}

/**
 * Makes a new worktree ready to work in: the files that `.worktreeinclude` names are copied, then
 * the setup commands run. What it has then is the
 * baseline that the worker's changes are compared with.
 */
export async function prepareWorktree(
  checkout: Checkout,
  repo: string,
  {
    plan,
    artifacts,
    setup,
  }: { plan: WorktreePlan; artifacts: ArtifactPaths; setup: Omit<Setup, 'cwd' | 'output'> },
): Promise<ReadyWorktree> {
  const { place, warnings } = checkout;
  const cwd = folderIn(checkout, repo, plan);
  const folder = artifacts.baseline_objects;
  const isIncluding = hasIncludes(plan.repo);
  if (!isIncluding && setup.commands.length === 0)
    return { cwd, baseline: await baselineOfCheckout(place, checkout, { folder }), isPrepared: false };
  await beginPreparing(place.git_dir);
  if (isIncluding) warnings.push(...(await copyIncluded(plan.repo, place)));
  if (setup.commands.length > 0) await runSetup({ ...setup, cwd: place.root, output: artifacts.setup });
  const taken = await takeBaseline(place.root, { folder });
  const baseline = taken.is_repo ? { ...taken, warnings: [...warnings, ...taken.warnings] } : taken;
  return { cwd, baseline, isPrepared: true };
}

function folderIn({ warnings }: Checkout, repo: string, { path, repo: root }: WorktreePlan): string {
  const below = relative(root, repo);
  if (below === '' || below.startsWith('..')) return path;
  if (existsSync(join(path, below))) return join(path, below);
  warnings.push(`${below} is in no commit: the worker starts at the top of its worktree`);
  return path;
}
