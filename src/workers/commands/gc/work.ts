import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { isInCommit, isInWorkTree } from '../../../workspace/apply/contained.ts';
import { patchFiles } from '../../../workspace/changes/patch-files.ts';
import { git } from '../../../workspace/git/call.ts';
import { findBareRepository, findRepository, resolveRevisions } from '../../../workspace/git/repository.ts';
import type { ArtifactFacts } from './plan.ts';

/** What a worker does: from then on it has something that was not collected. */
const WORK: ReadonlySet<LedgerEvent['type']> = new Set([
  'worker.started',
  'worker.prompt_delivered',
  'worker.message_sent',
  'worker.keys_sent',
]);

/** Whether a caller has collected the work of a worker since it last did something. Pure. */
export function isCollected(events: Iterable<LedgerEvent>): boolean {
  let collected: 'present' | 'missing' | null = null;
  // A handover collects for itself: no caller has seen that.
  let isHandedOver = false;
  for (const event of events) {
    if (WORK.has(event.type)) collected = null;
    else if (event.type === 'worker.handover_requested') isHandedOver = true;
    else if (event.type === 'worker.handover_failed' || event.type === 'worker.handed_over')
      isHandedOver = false;
    else if (event.type === 'worker.transitioned' && event.data.source !== 'caller') collected = null;
    else if (event.type === 'worker.exited' && event.data.result === 'present' && collected === 'missing')
      collected = null;
    else if (event.type === 'worker.collected' && !isHandedOver) collected = event.data.result;
  }
  return collected !== null;
}

interface Asked {
  session: SessionRow;
  /** The repository of its worktree. */
  repo: string;
  /** The exact patch of the last collection. */
  file: string;
  events: readonly LedgerEvent[];
  /** The commit that its worktree is on, if that is to go at the same time. */
  head: string | null;
  /** A folder of ours. */
  parent: string;
}

/**
 * Where the changes of a collected patch are beside it: applied by a caller, in the folder that the worker worked in
 * itself, in a commit that a branch or tag has, or in the files of the main work tree. What cannot be asked is nowhere.
 */
export async function patchStanding({
  session,
  repo,
  file,
  events,
  head,
  parent,
}: Asked): Promise<ArtifactFacts['patch']> {
  if (!existsSync(file)) return 'empty';
  const patch = await readFile(file);
  if (patch.length === 0) return 'empty';
  const sha256 = createHash('sha256').update(patch).digest('hex');
  if (events.some((event) => event.type === 'worker.patch_applied' && event.data.sha256 === sha256))
    return 'elsewhere';
  if (session.isolation !== 'worktree') return existsSync(session.repo_path) ? 'elsewhere' : 'nowhere';
  if (!existsSync(repo)) return 'nowhere';
  const place = (await findRepository(repo)) ?? (await findBareRepository(repo));
  if (!place) return 'nowhere';
  const isBare = place.root === place.common_dir;
  const commits = [
    head,
    ...removedHeads(events),
    ...(await tipsOf(place.common_dir, session.worktree_branch)),
  ];
  for (const commit of new Set(commits)) {
    if (commit === null || !(await isReachable(place.common_dir, commit))) continue;
    if (await isInCommit(place, { patch, commit, parent })) return 'elsewhere';
  }
  if (isBare) return 'nowhere';
  const files = await patchFiles(patch, parent);
  return (await isInWorkTree(place, { patch, files, parent })) ? 'elsewhere' : 'nowhere';
}

const removedHeads = (events: readonly LedgerEvent[]): (string | null)[] =>
  events.flatMap((event) => (event.type === 'worktree.removed' ? [event.data.head ?? null] : []));

const tipsOf = (repo: string, branch: string | null): Promise<(string | null)[]> =>
  resolveRevisions(repo, ['HEAD^{commit}', ...(branch === null ? [] : [`refs/heads/${branch}`])]);

/** Whether a branch, a tag or a remote has this commit: git may forget any other. */
async function isReachable(repo: string, commit: string): Promise<boolean> {
  const words = ['for-each-ref', '--count=1', '--format=x', '--contains', commit];
  const found = await git(repo, words, { accept: [0, 1, 128, 129] });
  return found.code === 0 && found.stdout.length > 0;
}
