import { renameSync } from 'node:fs';
import type { RemovableFiles } from '../../../events/catalogue/words.ts';
import { CommandRejected } from '../../../events/decider.ts';
import { isUnwritable } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { type SessionRow, sessionById } from '../../../projections/sessions/queries.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import type { AppContext } from '../../core/context.ts';
import { record } from '../../core/record.ts';
import { processesOf } from '../ending/terminate.ts';
import { cleanWorktree } from '../worktrees.ts';
import { asideOf, isFolder, isThere, removeAside } from './files.ts';
import {
  type GcPlan,
  keyOf,
  type Removal,
  type RetentionLimits,
  successorKept,
  worktreeKept,
} from './plan.ts';
import type { GcItem, GcKept } from './schema.ts';

export interface GcOutcome {
  removed: GcItem[];
  kept: GcKept[];
}

/**
 * Removes what the plan says, one after the other. What has changed since it was made stays, and so does what needs that.
 * @throws what says that the ledger cannot be written, or that this process must not write any more
 */
export async function carryOutPlan(
  app: AppContext,
  { remove, keep }: GcPlan,
  { limits, signal }: { limits: RetentionLimits; signal?: AbortSignal },
): Promise<GcOutcome> {
  const outcome: GcOutcome = { removed: [], kept: [...keep] };
  const stayed = new Set<string>();
  for (const removal of remove) {
    if (signal?.aborted) break;
    const { after, ...item } = removal;
    const missed = after.find((key) => stayed.has(key));
    const reason = missed === undefined ? await removed(app, item, limits) : neededBy(item, missed);
    if (reason === null) outcome.removed.push(item);
    else {
      stayed.add(keyOf(item));
      const { session_id, what, path, bytes } = item;
      outcome.kept.push({ session_id, what, path, bytes, ...reason });
    }
  }
  return outcome;
}

type Reason = Pick<GcKept, 'code' | 'reason' | 'next'>;

function neededBy({ session_id }: GcItem, missed: string): Reason {
  const [owner = ''] = missed.split(' ');
  return owner === session_id ? worktreeKept(session_id) : successorKept(owner);
}

/** Null once it is gone; else why it stays. */
async function removed(
  app: AppContext,
  item: Omit<Removal, 'after'>,
  limits: RetentionLimits,
): Promise<Reason | null> {
  const { session_id: id, what } = item;
  try {
    if (what === 'unfinished') await finishRemoval(app, item);
    else if (what === 'worktree') return await worktreeRemoved(app, id);
    else await filesRemoved(app, item, { files: what, limit: limits[what] ?? 0 });
    return null;
  } catch (error) {
    if (isUnwritable(error)) throw error;
    app.guard?.();
    const code = error instanceof CommandRejected ? 'chain_active' : 'not_removed';
    return {
      code,
      reason: `it changed meanwhile, or cannot be removed: ${redactedMessage(error)}`,
      next: shell`agentpool session show ${id}`,
    };
  }
}

/** By the same way as a cleanup without force, by what the ledger says now. */
async function worktreeRemoved(app: AppContext, id: string): Promise<Reason | null> {
  const session = now(app, id);
  if (processesOf(app, session).length > 0)
    return {
      code: 'process_runs',
      reason: 'a process of it still runs',
      next: shell`agentpool terminate ${id}`,
    };
  await cleanWorktree(app, session, { force: false, by: 'gc' });
  return null;
}

/**
 * Records the removal, moves the files aside, removes them. A process that is killed in between leaves files that the
 * ledger calls removed, which the next gc finds as it found these. A resume that comes first keeps them: both are checked
 * in the ledger's transaction.
 */
async function filesRemoved(
  app: AppContext,
  { session_id: id, bytes, path }: GcItem,
  { files, limit }: { files: RemovableFiles; limit: number },
): Promise<void> {
  const column = `${files}_removed_at` as const;
  app.ledger.store.transaction(() => {
    if (now(app, id)[column] !== null) return;
    record(app, id, { kind: 'remove_files', files, bytes, older_than_seconds: Math.floor(limit / 1000) });
  });
  await removeAside(path);
  app.ledger.store.transaction(() => {
    app.guard?.();
    const session = now(app, id);
    if (session[column] === null || session.alive === 1)
      throw new Error(`${id} was resumed while its files were to be removed`);
    // Another gc was faster.
    if (files === 'artifacts' ? isFolder(path) : isThere(path)) renameSync(path, asideOf(path));
  });
  await removeAside(path);
}

/** What was moved aside is of no use to anyone, whatever the worker does now. */
async function finishRemoval({ paths }: AppContext, { session_id, path }: GcItem): Promise<void> {
  const { dir, recording } = artifactPaths(paths.artifacts, session_id);
  const of = [dir, recording].find((each) => asideOf(each) === path);
  if (of === undefined) throw new Error(`${path} is no removal that was cut short`);
  await removeAside(of);
}

function now(app: AppContext, id: string): SessionRow {
  const session = sessionById(app.ledger, id);
  if (!session) throw new Error(`the ledger has lost ${id}`);
  return session;
}
