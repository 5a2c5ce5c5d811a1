import { counted, firstNames } from '../../../lib/text/counted.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { GcItem, GcKept, KeepReason } from './schema.ts';

export type RemovableKind = 'worktree' | 'recording' | 'artifacts';

/** How long ago a worker must have ended for each kind to go, in milliseconds; null keeps that kind for ever. */
export type RetentionLimits = Readonly<Record<RemovableKind, number | null>>;

/** Why nothing of a worker that has ended may be touched. */
export type Hold = 'process_runs' | 'handover' | 'chain_active' | 'other_home';

export interface RemovablePath {
  path: string;
  bytes: number;
}

/** A worktree that is on the disk, or may come back there. */
export type WorktreeFacts = RemovablePath & {
  /** Why a cleanup without force refuses it; null if it does not. */
  refusal: { code: KeepReason; reason: string; next: string | null } | null;
  /** What a cleanup leaves of it: its branch. */
  note: string | null;
};

/** `bytes` include those of the recording. */
export type ArtifactFacts = RemovablePath & {
  /** A link or a file in the place of the folder. */
  isFolder: boolean;
  /** Names that AgentPool has not written. */
  unknown: readonly string[];
  /** Its process never ran: it has made nothing. */
  neverRan: boolean;
  /** A caller has collected its work since it last did something. */
  isCollected: boolean;
  /** Where the changes in its patch are beside the patch. */
  patch: 'empty' | 'elsewhere' | 'nowhere';
};

/** What is known of one worker and of what it has left on the disk; null for what is not there. */
export interface WorkerFacts {
  id: string;
  /** When its process ended, in milliseconds since 1970; null while it runs or waits. */
  endedAt: number | null;
  hold: Hold | null;
  /** It was lost, and can be resumed with what is there. */
  isLost: boolean;
  /** The newest worker of its chain, which has its work and its worktree now; null if it is that itself. */
  newest: string | null;
  worktree: WorktreeFacts | null;
  recording: RemovablePath | null;
  artifacts: ArtifactFacts | null;
  /** What removals that were cut short have moved aside. */
  unfinished: readonly RemovablePath[];
}

export interface Removal extends GcItem {
  /** What must have gone before, by `keyOf`: it would be missed otherwise. */
  after: readonly string[];
}

export interface GcPlan {
  remove: Removal[];
  keep: GcKept[];
}

export const keyOf = ({ session_id, what }: Pick<GcItem, 'session_id' | 'what'>): string =>
  `${session_id} ${what}`;

/** Whether a worker has ended long enough ago. One that has ended in the future is new: the clock was set back. */
export const isDue = (endedAt: number | null, limit: number | null, now: number): boolean =>
  endedAt !== null && limit !== null && now - endedAt >= limit;

/**
 * What may go of what ended workers have left: never the only copy of work that no caller has. The recording is no work.
 * A worktree goes where a cleanup without force would remove it. The artifacts go last: they are needed as long as there
 * is a worktree to compare, and of the workers of a chain those of the newest go first. Pure.
 */
export function planGc(workers: readonly WorkerFacts[], limits: RetentionLimits, now: number): GcPlan {
  const plan: GcPlan = { remove: [], keep: [] };
  const gone = new Set<string>();
  const known = new Map(workers.map((worker) => [worker.id, worker]));
  // The newest of a chain first: the others depend on what becomes of it.
  const ordered = [...workers].sort(
    (one, other) => Number(one.newest !== null) - Number(other.newest !== null),
  );
  for (const worker of ordered) {
    const { id, endedAt, worktree, recording, artifacts } = worker;
    const ended_at = endedAt === null ? null : new Date(endedAt).toISOString();
    for (const { path, bytes } of worker.unfinished)
      plan.remove.push({ session_id: id, what: 'unfinished', path, bytes, ended_at, note: null, after: [] });
    const settle = (
      what: RemovableKind,
      found: RemovablePath,
      reason: Reason | null,
      more: Partial<Removal> = {},
    ) => {
      if (!isDue(endedAt, limits[what], now)) return;
      const { path, bytes } = found;
      const item = { session_id: id, what, path, bytes };
      if (reason) plan.keep.push({ ...item, ...reason, bytes: worker.hold ? null : bytes });
      else {
        plan.remove.push({ ...item, ended_at, note: null, after: [], ...more });
        gone.add(keyOf(item));
      }
    };
    const held = worker.hold === null ? null : heldBy(id, worker.hold);
    const lost = worker.isLost ? lostReason(id) : null;
    if (recording) settle('recording', recording, held);
    if (worktree) {
      const refusal = held ?? lost ?? worktree.refusal;
      settle('worktree', worktree, refusal, { note: worktree.note });
    }
    if (!artifacts) continue;
    const hasWorktree = worktree !== null && !gone.has(`${id} worktree`);
    const newest = worker.newest === null ? null : known.get(worker.newest);
    const newestIsGone =
      newest?.hold === null && (newest.artifacts === null || gone.has(`${newest.id} artifacts`));
    const reason =
      held ??
      lost ??
      unfit(worker.id, artifacts) ??
      (hasWorktree ? worktreeKept(id) : null) ??
      (worker.newest === null ? unsaved(id, artifacts) : newestIsGone ? null : successorKept(worker.newest));
    const needed = [worktree && `${id} worktree`, newest?.artifacts && `${newest.id} artifacts`];
    const after = needed.filter((key) => typeof key === 'string');
    const bytes = Math.max(0, artifacts.bytes - (recording?.bytes ?? 0));
    settle('artifacts', { path: artifacts.path, bytes }, reason, { after });
  }
  return plan;
}

type Reason = Pick<GcKept, 'code' | 'reason' | 'next'>;

const HOLDS: Record<Hold, string> = {
  process_runs: 'a process of it still runs',
  handover: 'its work is being handed over',
  chain_active: 'another worker goes on with its work',
  other_home: 'its files are in another AGENTPOOL_HOME too, which may use them',
};

const heldBy = (id: string, hold: Hold): Reason => ({
  code: hold,
  reason: HOLDS[hold],
  next: hold === 'process_runs' ? shell`agentpool terminate ${id}` : shell`agentpool session show ${id}`,
});

const lostReason = (id: string): Reason => ({
  code: 'lost',
  reason: 'it was lost and can be resumed; terminate gives it up',
  next: shell`agentpool resume ${id}`,
});

function unfit(id: string, { isFolder, unknown, path }: ArtifactFacts): Reason | null {
  if (!isFolder)
    return {
      code: 'not_a_folder',
      reason: 'something else is in the place of the folder',
      next: shell`ls -ld ${path}`,
    };
  if (unknown.length === 0) return null;
  const files = `${counted(unknown.length, 'file')} that ${unknown.length === 1 ? 'is' : 'are'} not from AgentPool`;
  return {
    code: 'unknown_files',
    reason: `it has ${files}: ${firstNames(unknown, 3)}`,
    next: shell`agentpool artifacts ${id}`,
  };
}

/** Why the artifacts may be the only copy of work; null if they are not. */
function unsaved(id: string, { neverRan, isCollected, patch }: ArtifactFacts): Reason | null {
  if (neverRan) return null;
  if (!isCollected)
    return {
      code: 'not_collected',
      reason: 'its work was never collected',
      next: shell`agentpool collect ${id}`,
    };
  if (patch !== 'nowhere') return null;
  const reason = 'its patch was not applied, and is in no commit';
  return { code: 'patch_not_applied', reason, next: shell`agentpool apply ${id}` };
}

export const worktreeKept = (id: string): Reason => ({
  code: 'worktree_kept',
  reason: 'its worktree stays, and they are needed with it',
  next: shell`agentpool worktrees cleanup ${id} --dry-run`,
});

export const successorKept = (newest: string): Reason => ({
  code: 'successor_kept',
  reason: `those of ${newest}, which went on with its work, stay`,
  next: shell`agentpool session show ${newest}`,
});
