import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker.ts';
import { exportLines } from '../../events/transfer/transfer.ts';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { count, facts, flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { WorkerResult } from '../../terminal/transcript/result-block.ts';
import { type ArtifactPaths, artifactManifest, artifactPaths } from '../../workspace/artifacts.ts';
import { type ArtifactFile, ArtifactKind } from '../../workspace/artifacts-schema.ts';
import { type Baseline, ChangedFile, type Changes, changesSince } from '../../workspace/changes/changes.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from '../core/context.ts';
import type { Detail } from '../core/details.ts';
import { record, recordUnlessRejected, workerOf } from '../core/record.ts';
import { spawnRequest } from '../core/spawn-request.ts';
import { notAskedFor, workerText } from '../queries/worker-text.ts';
import { WorkerOutput } from '../queries/worker-text-schema.ts';
import { resultOf } from './result.ts';

export const Collected = Type.Object(
  {
    session_id: text,
    state: WorkerState,
    artifact_dir: text,
    artifacts: list(
      Type.Object(
        { kind: ArtifactKind, path: text, sha256: text, bytes: count, metadata: facts },
        { title: 'Artifact', description: 'A stored file of the worker that exists.' },
      ),
    ),
    git: Type.Object({
      is_repo: flag,
      dirty: flag,
      changed_files: noted(list(text), 'Every path that was touched; a rename counts with both names.'),
      files: list(ChangedFile),
      warnings: list(text),
    }),
    result: noted(oneOf(['present', 'missing']), '`present`: the worker printed a result block.'),
    violation: noted(nullable(text), 'What the worker changed without permission; null if nothing.'),
    worker_output: WorkerOutput,
  },
  { title: 'Collected', description: 'The work of a worker as of now.' },
);
export type Collected = Static<typeof Collected>;

/** Ends a turn. A worker that keeps working is observed as running again: a caller can end a turn, but not hide one. */
const COMPLETED_BY_CALLER: WorkerCommand = {
  kind: 'observe',
  event: 'completed',
  source: 'caller',
  rule: 'mark_completed',
  evidence: [],
  confidence: 'official',
};

/** Collects the work of a worker as of now: the patch, the result, the log of its events. May be called repeatedly. */
export async function collectWorker(
  app: AppContext,
  session: SessionRow,
  detail: Detail,
  { markCompleted = false }: { markCompleted?: boolean } = {},
): Promise<Collected> {
  const paths = artifactPaths(app.paths.artifacts, session.id);
  const changes = await changesOf(session, paths);
  const result = await resultOf(app, session);
  await keep(paths, changes, result);
  const changedFiles = changes?.changed_files ?? [];
  const violation = violationOf(app, session, changedFiles);
  const { files } = await artifactManifest(paths.dir);
  record(app, session.id, {
    kind: 'record_collection',
    changed_files: changedFiles,
    artifacts: existing(files).map(({ kind, sha256, bytes }) => ({ kind, sha256, bytes })),
    result: result ? 'present' : 'missing',
    violation,
  });
  if (markCompleted) recordUnlessRejected(app, session.id, COMPLETED_BY_CALLER);
  await writePrivateFile(paths.events, lines(app, session.id));
  const others = files.filter(({ kind }) => kind !== 'events');
  const artifacts = existing((await artifactManifest(paths.dir, others)).files);
  return {
    session_id: session.id,
    state: workerOf(app, session.id).state ?? session.state,
    artifact_dir: paths.dir,
    artifacts: artifacts.map((artifact) => ({ ...artifact, metadata: {} })),
    git: {
      is_repo: changes?.is_repo ?? false,
      dirty: changes?.dirty ?? false,
      changed_files: changedFiles,
      files: changes?.files ?? [],
      warnings: changes?.warnings ?? [],
    },
    result: result ? 'present' : 'missing',
    violation,
    worker_output: outputOf(result, detail),
  };
}

/** Writes the artifacts that exist now; for the others, the files of an earlier collection stay. */
async function keep(
  paths: ArtifactPaths,
  changes: Changes | null,
  result: WorkerResult | null,
): Promise<void> {
  const files: [string, string | Uint8Array][] = [];
  if (changes) {
    // Byte for byte: a patch may hold text in any encoding.
    files.push([paths.diff, Buffer.from(redact(changes.diff.toString('latin1')), 'latin1')]);
    files.push([paths.git_status, redact(changes.git_status)]);
  }
  if (result) {
    files.push([paths.result, `${JSON.stringify(result, null, 2)}\n`]);
    files.push([paths.summary, `${result.summary}\n`]);
  }
  await Promise.all(files.map(([path, content]) => writePrivateFile(path, content)));
}

/** Null if the work tree is gone: what was collected before stays. */
async function changesOf(session: SessionRow, paths: ArtifactPaths): Promise<Changes | null> {
  const folder = session.worktree_path ?? session.repo_path;
  if (!existsSync(paths.baseline) || !existsSync(folder)) return null;
  const baseline = JSON.parse(await readFile(paths.baseline, 'utf8')) as Baseline;
  return changesSince(baseline, folder);
}

function violationOf(app: AppContext, session: SessionRow, changed: readonly string[]): string | null {
  if (changed.length === 0) return null;
  if (session.isolation === 'read_only') {
    return `${changed.length} files changed since the spawn, although the worker may only read (by it, or by another process in the same folder)`;
  }
  const allowed = (spawnRequest(app, session.id)?.allowed_files ?? []).map((file) =>
    relative(session.repo_path, resolve(session.repo_path, file)),
  );
  const isAllowed = (path: string) => allowed.some((file) => path === file || path.startsWith(`${file}/`));
  const outside = allowed.length > 0 ? changed.filter((path) => !isAllowed(path)) : [];
  return outside.length > 0 ? `changed, but not allowed: ${outside.join(', ')}` : null;
}

function lines(app: AppContext, id: string): string {
  return [...exportLines(app.ledger.store.readAll({ stream: workerStream(id) }))].join('');
}

const existing = (files: readonly ArtifactFile[]) =>
  files.flatMap(({ kind, path, sha256, bytes }) => (sha256 === null ? [] : [{ kind, path, sha256, bytes }]));

function outputOf(result: WorkerResult | null, detail: Detail): WorkerOutput {
  return detail === 'summary' ? notAskedFor : workerText(result?.raw ?? '', detail, null);
}
