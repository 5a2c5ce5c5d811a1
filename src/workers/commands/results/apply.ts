import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { makePrivateFolder } from '../../../lib/files/private-files.ts';
import { flag, list, noted, text } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import { isFinal } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { applyPatch } from '../../../workspace/apply/apply.ts';
import { recoverSwap } from '../../../workspace/apply/swap.ts';
import { PatchFile } from '../../../workspace/changes/patch-files.ts';
import { commonDirOf, findRepository, type Repository } from '../../../workspace/git/repository.ts';
import { redact, redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { record } from '../../core/record.ts';
import { Diff, type ExactPatch, patchOf } from './patch.ts';

export const AppliedPatch = Type.Object(
  {
    session_id: text,
    repo: noted(text, 'The top of the work tree.'),
    applied: noted(flag, 'False with `--check`, and where the worker changed nothing.'),
    from: Diff.properties.from,
    files: list(PatchFile),
    ignored_files: Diff.properties.ignored_files,
    warnings: noted(list(text), 'What was not applied, or not as git would have done it.'),
  },
  { description: "A worker's patch in the caller's work tree. Nothing is staged, committed or pushed." },
);
export type AppliedPatch = Static<typeof AppliedPatch>;

export interface ApplyOptions {
  /** The folder whose work tree gets the changes. */
  folder: string;
  /** Whether the caller named the folder: then it may be another repository than the worker's. */
  isNamed: boolean;
  check: boolean;
  threeWay: boolean;
}

/**
 * Takes the work of a worker into a work tree, all of it or nothing. Throws NOT_A_REPOSITORY, PATCH_OTHER_REPOSITORY,
 * PATCH_IN_PLACE, PATCH_MISSING, and the errors of `applyPatch`.
 */
export async function applyWork(
  app: AppContext,
  session: SessionRow,
  options: ApplyOptions,
): Promise<AppliedPatch> {
  const place = await workTreeOf(options.folder);
  const recovered = recoverSwap(place.root, place.git_dir);
  if (!options.isNamed) await assertSameRepository(session, place);
  const exact = await patchOf(app, session);
  assertElsewhere(session, exact, place);
  const { files, bytes, paths, baseline } = exact;
  await makePrivateFolder(paths.baseline_objects);
  const warnings: string[] = [];
  if (bytes.length > 0) {
    const alternates = [
      paths.baseline_objects,
      ...(baseline?.is_repo && baseline.place ? [`${baseline.place.common_dir}/objects`] : []),
    ];
    const { check, threeWay } = options;
    const request = { patch: bytes, files, check, threeWay, alternates, parent: paths.baseline_objects };
    try {
      warnings.push(...(await applyPatch(place, request)).warnings);
      if (!check) recordApplied(app, session, { repo: place.root, patch: bytes });
    } catch (error) {
      throw withExample(error, session.id, options);
    }
  }
  return {
    session_id: session.id,
    repo: place.root,
    applied: bytes.length > 0 && !options.check,
    from: exact.from,
    files: redactDeep(files),
    ignored_files: redactDeep(exact.ignoredFiles),
    warnings: redactDeep([
      ...(recovered ? ['an apply that was killed here before was undone first'] : []),
      ...exact.warnings,
      ...warnings,
      ...(isAtWork(session) ? [`${session.id} is still at work: this is what it has changed so far`] : []),
    ]),
  };
}

/**
 * So that gc knows that the patch is not the only copy. The files are changed by now: a ledger that cannot be written is
 * no reason to report a failure.
 */
function recordApplied(
  app: AppContext,
  { id }: SessionRow,
  { repo, patch }: { repo: string; patch: Buffer },
): void {
  const sha256 = createHash('sha256').update(patch).digest('hex');
  try {
    record(app, id, { kind: 'record_patch_applied', repo: redact(repo), sha256 });
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
}

/** At its prompt, and after its result, a worker changes nothing more by itself. */
const isAtWork = ({ alive, state }: SessionRow): boolean =>
  alive === 1 && state !== 'IDLE' && !isFinal(state);

async function workTreeOf(folder: string): Promise<Repository> {
  const found = await findRepository(folder);
  if (found) return found;
  const message = `${folder} is not in the work tree of a git repository.`;
  throw new AgentPoolError('NOT_A_REPOSITORY', message, {
    path: folder,
    example: 'agentpool apply @last --repo .',
  });
}

/** A patch of new files alone would apply anywhere. */
async function assertSameRepository(session: SessionRow, place: Repository): Promise<void> {
  if ((await commonDirOf(session.repo_path)) === place.common_dir) return;
  throw new AgentPoolError(
    'PATCH_OTHER_REPOSITORY',
    `${session.id} worked on ${session.repo_path}, and ${place.root} is another repository. Name it with --repo if you mean it.`,
    { repo: place.root, example: shell`agentpool apply ${session.id} --repo ${place.root} --check` },
  );
}

function assertElsewhere(
  { id, worktree_path }: SessionRow,
  { baseline }: ExactPatch,
  place: Repository,
): void {
  const own = worktree_path ?? baseline?.root;
  if (own !== place.root) return;
  throw new AgentPoolError(
    'PATCH_IN_PLACE',
    `${id} worked in ${place.root} itself: its changes are there already.`,
    { repo: place.root, example: shell`agentpool diff ${id}` },
  );
}

function withExample(error: unknown, id: string, { threeWay }: ApplyOptions): unknown {
  if (!(error instanceof AgentPoolError) || error.code !== 'PATCH_CONFLICT') return error;
  const isMergeable = !threeWay && error.details.already_applied === false;
  const example = isMergeable ? shell`agentpool apply ${id} --3way` : shell`agentpool diff ${id}`;
  return new AgentPoolError(error.code, error.message, { ...redactDeep(error.details), example });
}
