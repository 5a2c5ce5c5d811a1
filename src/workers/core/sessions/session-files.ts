import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';

/**
 * The session with the paths that its files have now. Its events hold those of the time when it was spawned; after
 * AGENTPOOL_HOME has moved, or was copied, the files are in the artifact folder `root` of the home that is in use.
 * Where they are not there, the recorded paths stay: `artifact_root` may have been changed since.
 */
export function withFiles<T extends Pick<SessionRow, 'id' | 'artifact_dir' | 'transcript_path'>>(
  root: string,
  session: T,
): T {
  const now = artifactPaths(root, session.id);
  if (now.dir === session.artifact_dir || !existsSync(now.dir)) return session;
  return { ...session, artifact_dir: now.dir, transcript_path: now.transcript };
}

/** The folder of what the worker's screen showed; it may not exist. */
export const recordingFolder = (
  root: string,
  session: Pick<SessionRow, 'id' | 'artifact_dir' | 'transcript_path'>,
): string => join(withFiles(root, session).artifact_dir, 'recording');

/** A sentence that says what of a session's files is missing and where it was; null where nothing is. */
export function missingFiles(
  root: string,
  {
    id,
    state,
    artifact_dir,
    transcript_path,
    artifacts_removed_at,
  }: Pick<SessionRow, 'id' | 'state' | 'artifact_dir' | 'transcript_path' | 'artifacts_removed_at'>,
): string | null {
  if (state === 'QUEUED') return `${id} waits in the queue and has no files yet: agentpool queue.`;
  if (artifacts_removed_at !== null && !existsSync(artifact_dir))
    return filesRemoved(id, artifacts_removed_at);
  const elsewhere = artifactPaths(root, id).dir;
  const nor = elsewhere === artifact_dir ? '' : `, and there is none in ${elsewhere}`;
  if (!existsSync(artifact_dir))
    return `The files of ${id} are missing: their folder was ${artifact_dir}${nor}. If it has moved, name its new place with AGENTPOOL_HOME or storage.artifact_root.`;
  return existsSync(transcript_path) ? null : `${id} has no transcript: ${transcript_path} does not exist.`;
}

/** The same for the folder that the worker worked in; null where it is there, or was removed with AgentPool. */
export function missingFolder(
  session: Pick<SessionRow, 'id' | 'repo_path' | 'worktree_path' | 'worktree_removed_at'>,
): string | null {
  if (session.worktree_path !== null && session.worktree_removed_at !== null) return null;
  const folder = session.worktree_path ?? session.repo_path;
  if (existsSync(folder)) return null;
  return `The folder that ${session.id} worked in is missing: it was ${folder}. What was collected before is kept; to collect again, move the repository back there.`;
}

const day = (instant: string): string => instant.slice(0, 10);

const filesRemoved = (id: string, at: string): string =>
  `The files of ${id} were removed by gc on ${day(at)}. What happened is still in the ledger: ${shell`agentpool replay ${id}`}.`;

/** When gc removed the worktree of a worker, in a part of a sentence; null if it did not. */
export const worktreeRemovedByGc = ({
  worktree_removed_at,
  worktree_removed_by,
}: Pick<SessionRow, 'worktree_removed_at' | 'worktree_removed_by'>): string | null =>
  worktree_removed_by === 'gc' && worktree_removed_at !== null
    ? `its worktree was removed by gc on ${day(worktree_removed_at)}`
    : null;

/** The same of its recording. */
export const recordingRemovedByGc = ({
  recording_removed_at,
}: Pick<SessionRow, 'recording_removed_at'>): string | null =>
  recording_removed_at === null ? null : `it was removed by gc on ${day(recording_removed_at)}`;

/** @throws FILES_REMOVED if gc has removed what was kept of the worker. */
export function assertFilesKept(
  root: string,
  { id, artifacts_removed_at }: Pick<SessionRow, 'id' | 'artifacts_removed_at'>,
): void {
  if (artifacts_removed_at === null || existsSync(artifactPaths(root, id).dir)) return;
  throw new AgentPoolError('FILES_REMOVED', filesRemoved(id, artifacts_removed_at), {
    session_id: id,
    removed_at: artifacts_removed_at,
    example: shell`agentpool replay ${id}`,
  });
}
