import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { canRestore, type LostWorktree } from '../../../workspace/worktrees/restore.ts';
import { worktreeRemovedByGc } from '../../core/sessions/session-files.ts';
import type { PastRuns } from './past-runs.ts';

/** The folder that a worker goes on in: the one that it had. */
export interface WorkFolder {
  path: string;
  /** The part of the repository that it was started in, relative to `path`. */
  below: string;
  /** The worktree to make again first, from its branch; null if it is there. */
  restore: LostWorktree | null;
}

/** Where the process starts, once the folder is there. */
export const startIn = ({ path, below }: WorkFolder): string =>
  existsSync(join(path, below)) ? join(path, below) : path;

/** @throws WORK_FOLDER_GONE with what to type. */
export async function folderOf(session: SessionRow, { worktree, request }: PastRuns): Promise<WorkFolder> {
  const { repo_path: repo } = session;
  if (session.isolation !== 'worktree') {
    if (!existsSync(repo)) throw gone(session, repo, null);
    return { path: repo, below: '', restore: null };
  }
  const path = session.worktree_path ?? worktree?.path ?? null;
  if (path === null) throw gone(session, repo, null);
  const part = relative(request.worktree?.repo ?? repo, repo);
  const below = part.startsWith('..') ? '' : part;
  if (existsSync(path)) return { path, below, restore: null };
  const branch = worktree?.branch ?? session.worktree_branch;
  if (branch === null || !existsSync(repo)) throw gone(session, path, branch);
  const lost = { repo, path, branch };
  if (!(await canRestore(lost))) throw gone(session, path, branch);
  return { path, below, restore: lost };
}

function gone(session: SessionRow, folder: string, branch: string | null): AgentPoolError {
  const { id, provider_id, isolation } = session;
  const lost =
    branch === null
      ? 'Put it back there'
      : `Its branch ${branch} is gone too, or is checked out in another worktree. Put the folder back there`;
  const removed = worktreeRemovedByGc(session);
  const why = removed === null ? '' : `: ${removed}`;
  return new AgentPoolError(
    'WORK_FOLDER_GONE',
    `${id} worked in ${folder}, which is gone${why}. ${lost}, or spawn another worker.`,
    {
      session_id: id,
      path: folder,
      branch,
      example: shell`agentpool spawn --provider ${provider_id} --isolation ${isolation} --task "..."`,
    },
  );
}
