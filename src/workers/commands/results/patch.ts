import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../../lib/errors.ts';
import { storing } from '../../../lib/files/private-files.ts';
import { count, flag, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type ArtifactPaths, artifactPaths } from '../../../workspace/artifacts.ts';
import type { Baseline } from '../../../workspace/changes/baseline.ts';
import { PatchFile, patchFiles } from '../../../workspace/changes/patch-files.ts';
import { redactBytes } from '../../../workspace/redaction/bytes.ts';
import { redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { assertFilesKept, missingFolder, worktreeRemovedByGc } from '../../core/sessions/session-files.ts';
import { baselineIn, changesOf } from './collect.ts';

const from = noted(
  oneOf(['now', 'collected']),
  '`now`: from its files as they are. `collected`: its folder is gone or another worker goes on in it, and this is what the last collect kept.',
);

export const Diff = Type.Object(
  {
    session_id: text,
    from,
    files: list(PatchFile),
    ignored_files: noted(list(text), 'New files that git ignores: no patch has them.'),
    warnings: noted(list(text), 'What the patch leaves out and why.'),
    bytes: noted(count, 'Of the exact patch.'),
    redacted: noted(flag, 'Whether `patch` differs from the exact one, since secrets in it were replaced.'),
    patch: noted(nullable(text), "The worker's changes, redacted: untrusted. Null with `--stat`."),
  },
  { description: 'What a worker changed since it was started.' },
);
export type Diff = Static<typeof Diff>;

/** The exact patch of a worker. */
export interface ExactPatch {
  from: Diff['from'];
  bytes: Buffer;
  files: PatchFile[];
  ignoredFiles: string[];
  warnings: string[];
  baseline: Baseline | null;
  paths: ArtifactPaths;
}

/**
 * The patch of a worker as of now; if its folder is gone, the one that was collected. Records nothing. Throws
 * PATCH_MISSING, FILES_REMOVED.
 */
export async function patchOf(app: AppContext, session: SessionRow): Promise<ExactPatch> {
  if (session.state === 'QUEUED') throw missing(session, 'it waits in the queue and has not started');
  assertFilesKept(app.paths.artifacts, session);
  const paths = artifactPaths(app.paths.artifacts, session.id);
  const baseline = await baselineIn(paths);
  const changes = baseline && (await storing(paths.dir, () => changesOf(session, baseline, paths)));
  const about = { baseline, paths, ignoredFiles: changes?.ignored_files ?? [] };
  const warnings = changes?.warnings ?? [];
  if (changes?.patch.kind === 'made') {
    const { bytes } = changes.patch;
    return { from: 'now', bytes, files: await patchFiles(bytes, paths.dir), warnings, ...about };
  }
  if (changes?.patch.kind === 'none') throw missing(session, warnings.at(-1) ?? 'none can be made');
  const kept = await collectedPatch(app, session, paths);
  if (typeof kept === 'string') throw missing(session, handedOver(session) ?? missingFolder(session) ?? kept);
  return { from: 'collected', bytes: kept, files: await patchFiles(kept, paths.dir), warnings, ...about };
}

/** The patch of the last collection, if it is the one that the ledger knows; else why not. */
async function collectedPatch(
  { ledger }: AppContext,
  session: SessionRow,
  paths: ArtifactPaths,
): Promise<Buffer | string> {
  const { id } = session;
  if (!existsSync(paths.diff))
    return `${worktreeRemovedByGc(session) ?? 'its folder is gone'}, and its work was not collected before`;
  const bytes = await readFile(paths.diff);
  const events = [...ledger.events({ stream: workerStream(id), types: ['worker.collected'] })];
  const last = events.findLast((event) => event.type === 'worker.collected');
  const known = last?.data.artifacts.find(({ kind }) => kind === 'diff')?.sha256;
  if (createHash('sha256').update(bytes).digest('hex') === known) return bytes;
  return `${paths.diff} was changed since it was collected`;
}

const handedOver = ({ successor }: SessionRow): string | null =>
  successor === null ? null : `its work was handed over to ${successor}, whose patch has all of it`;

const missing = ({ id, state }: SessionRow, why: string) =>
  new AgentPoolError('PATCH_MISSING', `There is no patch of ${id}: ${why}.`, {
    session_id: id,
    example: state === 'QUEUED' ? 'agentpool queue' : shell`agentpool collect ${id}`,
  });

/** What people and agents get to see of it. */
export async function diffOf(
  app: AppContext,
  session: SessionRow,
  { stat }: { stat: boolean },
): Promise<Diff> {
  const { from, bytes, files, ignoredFiles, warnings } = await patchOf(app, session);
  const redacted = redactBytes(bytes);
  return {
    session_id: session.id,
    from,
    files: redactDeep(files),
    ignored_files: redactDeep(ignoredFiles),
    warnings: redactDeep(warnings),
    bytes: bytes.length,
    redacted: !redacted.equals(bytes),
    patch: stat ? null : redacted.toString('utf8'),
  };
}
