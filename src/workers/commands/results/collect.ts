import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { WorkerState } from '../../../events/catalogue/worker-shapes.ts';
import { exportLines } from '../../../events/transfer/transfer.ts';
import { writePrivateFile, writePrivateFiles } from '../../../lib/files/atomic-file.ts';
import { makePrivateFolder, storing } from '../../../lib/files/private-files.ts';
import { isWithin } from '../../../lib/files/within.ts';
import { count, facts, flag, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { exitInWords } from '../../../projections/sessions/json.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type ArtifactPaths, artifactManifest, artifactPaths } from '../../../workspace/artifacts.ts';
import { type ArtifactFile, ArtifactKind } from '../../../workspace/artifacts-schema.ts';
import { type Baseline, freeObjects } from '../../../workspace/changes/baseline.ts';
import { ChangedFile, type Changes, changesSince } from '../../../workspace/changes/changes.ts';
import { redactBytes } from '../../../workspace/redaction/bytes.ts';
import { redact, redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import type { Detail } from '../../core/details.ts';
import { record, recordUnlessRejected, workerOf } from '../../core/record.ts';
import { spawnRequest } from '../../core/requests/spawn-request.ts';
import { assertFilesKept, missingFolder, worktreeRemovedByGc } from '../../core/sessions/session-files.ts';
import { notAskedFor, workerText } from '../../queries/worker-text.ts';
import { WorkerOutput } from '../../queries/worker-text-schema.ts';
import { type ProvenResult, resultOf } from './result.ts';

export const Collected = Type.Object(
  {
    session_id: text,
    state: WorkerState,
    reason: noted(nullable(text), 'Why it failed, where that is known.'),
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
      ignored_files: noted(
        list(text),
        'New files that git ignores: no patch has them, and a cleanup stops at them.',
      ),
      warnings: list(text),
    }),
    result: noted(oneOf(['present', 'missing']), '`present`: the worker printed a result block.'),
    result_proof: noted(
      nullable(oneOf(['session_word', 'unproven'])),
      '`session_word`: the markers of the result have the word that only this session was given. `unproven`: the worker was started by an older release, with markers that any file may hold. Null without a result.',
    ),
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

export interface CollectOptions {
  markCompleted?: boolean;
  /** Its successor needs the copies of the files that it started from. */
  keepsBaseline?: boolean;
}

/** Collects the work of a worker as of now: the patch, the result, the log of its events. May be called repeatedly. */
export async function collectWorker(
  app: AppContext,
  session: SessionRow,
  detail: Detail,
  { markCompleted = false, keepsBaseline = false }: CollectOptions = {},
): Promise<Collected> {
  const paths = artifactPaths(app.paths.artifacts, session.id);
  assertFilesKept(app.paths.artifacts, session);
  const baseline = await baselineIn(paths);
  const changes = baseline && (await storing(paths.dir, () => changesOf(session, baseline, paths)));
  const result = redactDeep(await resultOf(app, session));
  await keep(paths, changes, result);
  const violation = violationOf(app, session, changes?.changed_files ?? []);
  // A name may hold a secret, as the line of a file may.
  const changedFiles = (changes?.changed_files ?? []).map(redact);
  const { files } = await artifactManifest(paths.dir);
  record(app, session.id, {
    kind: 'record_collection',
    changed_files: changedFiles,
    artifacts: existing(files).map(({ kind, sha256, bytes }) => ({ kind, sha256, bytes })),
    result: result ? 'present' : 'missing',
    violation,
  });
  if (baseline && changes?.patch.kind === 'made' && !session.alive && !keepsBaseline)
    await free(baseline, paths);
  if (markCompleted) recordUnlessRejected(app, session.id, COMPLETED_BY_CALLER);
  // One that was dropped from the queue has no folder yet.
  await makePrivateFolder(paths.dir);
  await writePrivateFile(paths.events, lines(app, session.id));
  const others = files.filter(({ kind }) => kind !== 'events');
  const artifacts = existing((await artifactManifest(paths.dir, others)).files);
  return {
    session_id: session.id,
    state: workerOf(app, session.id).state ?? session.state,
    reason: session.reason ?? exitInWords(session),
    artifact_dir: paths.dir,
    artifacts: artifacts.map((artifact) => ({ ...artifact, metadata: {} })),
    git: {
      is_repo: changes?.is_repo ?? false,
      dirty: changes?.dirty ?? false,
      changed_files: changedFiles,
      files: redactDeep(changes?.files ?? []),
      ignored_files: redactDeep(changes?.ignored_files ?? []),
      warnings: redactDeep(changes?.warnings ?? noChanges(session, paths)),
    },
    result: result ? 'present' : 'missing',
    result_proof: result?.proof ?? null,
    violation,
    worker_output: outputOf(result, detail),
  };
}

/** Why there is nothing to compare, where that is no matter of course. */
function noChanges(session: SessionRow, paths: ArtifactPaths): string[] {
  const { id, successor } = session;
  if (successor !== null)
    return [`Its work was handed over to ${successor}. What ${id} had changed by then is kept as it was.`];
  const missing = missingFolder(session);
  if (missing !== null) return [missing];
  const removed = worktreeRemovedByGc(session);
  if (removed !== null)
    return [
      `Its changes cannot be compared any more: ${removed}. Commits that were nowhere else are on ${session.worktree_branch}.`,
    ];
  return existsSync(paths.baseline)
    ? []
    : [`The baseline of ${session.id} is missing: it was ${paths.baseline}.`];
}

/**
 * Writes the artifacts that exist now, all or none; for the others, the files of an earlier collection stay.
 */
async function keep(
  paths: ArtifactPaths,
  changes: Changes | null,
  result: ProvenResult | null,
): Promise<void> {
  const files: [string, string | Uint8Array][] = [];
  if (changes) {
    if (changes.patch.kind === 'made') files.push(...patchFiles(paths, changes.patch.bytes));
    files.push([paths.git_status, redact(changes.git_status)]);
  }
  if (result) {
    files.push([paths.result, `${JSON.stringify(result, null, 2)}\n`]);
    files.push([paths.summary, `${result.summary}\n`]);
  }
  await writePrivateFiles(new Map(files));
  // One of an earlier collection would be taken for the current one.
  if (changes?.patch.kind === 'none') await removeAll([paths.diff, paths.diff_redacted]);
}

/**
 * The patch byte for byte, since `git apply` reads it and it may be the only copy of the work; and what people and agents
 * get to see of it.
 */
function patchFiles(paths: ArtifactPaths, patch: Buffer): [string, Uint8Array][] {
  return [
    [paths.diff, patch],
    [paths.diff_redacted, redactBytes(patch)],
  ];
}

const removeAll = (files: readonly string[]) => Promise.all(files.map((file) => rm(file, { force: true })));

export async function baselineIn(paths: ArtifactPaths): Promise<Baseline | null> {
  if (!existsSync(paths.baseline)) return null;
  return JSON.parse(await readFile(paths.baseline, 'utf8')) as Baseline;
}

/**
 * Null if the work tree is gone, or another worker goes on in it, whose changes are not this one's: what was collected
 * before stays.
 */
export async function changesOf(
  session: SessionRow,
  baseline: Baseline,
  { baseline_objects }: ArtifactPaths,
): Promise<Changes | null> {
  const folder = session.worktree_path ?? session.repo_path;
  if (session.successor !== null) return null;
  return existsSync(folder) ? changesSince(baseline, folder, { folder: baseline_objects }) : null;
}

/** A worker that has ended changes nothing more: the copies of the files that it started from are not needed again. */
async function free(baseline: Baseline, paths: ArtifactPaths): Promise<void> {
  const freed = await freeObjects(baseline, paths.baseline_objects);
  if (freed !== baseline) await writePrivateFile(paths.baseline, JSON.stringify(freed));
}

function violationOf(app: AppContext, session: SessionRow, changed: readonly string[]): string | null {
  if (changed.length === 0) return null;
  if (session.isolation === 'read_only') {
    return `${changed.length} files changed since the spawn, although the worker may only read (by it, or by another process in the same folder)`;
  }
  const allowed = (spawnRequest(app, session.id)?.allowed_files ?? []).map((file) =>
    relative(session.repo_path, resolve(session.repo_path, file)),
  );
  const isAllowed = (path: string) => allowed.some((file) => isWithin(path, file));
  const outside = allowed.length > 0 ? changed.filter((path) => !isAllowed(path)) : [];
  return outside.length > 0 ? redact(`changed, but not allowed: ${outside.join(', ')}`) : null;
}

function lines(app: AppContext, id: string): string {
  return [...exportLines(app.ledger.store.readAll({ stream: workerStream(id) }))].join('');
}

const existing = (files: readonly ArtifactFile[]) =>
  files.flatMap(({ kind, path, sha256, bytes }) => (sha256 === null ? [] : [{ kind, path, sha256, bytes }]));

function outputOf(result: ProvenResult | null, detail: Detail): WorkerOutput {
  return detail === 'summary' ? notAskedFor : workerText(result?.raw ?? '', detail, null);
}
