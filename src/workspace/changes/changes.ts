import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { makePrivateFolder } from '../../lib/files/private-files.ts';
import { noted, nullable, text } from '../../lib/shapes.ts';
import { fingerprint } from '../artifacts.ts';
import { findRepository, git, gitText, type Repository } from '../git.ts';
import { compareManifests, type FolderManifest, folderManifest } from './folder-manifest.ts';
import { compareTrees, PATCH_LIMIT, TreeChange } from './tree-diff.ts';
import { type ObjectStore, snapshotWorkTree, storeEnvironment } from './tree-snapshot.ts';

/** The state of a work tree when a worker got it. JSON. */
export type Baseline = RepositoryBaseline | FolderBaseline;

export interface RepositoryBaseline {
  is_repo: true;
  root: string;
  /** null before the first commit. */
  head: string | null;
  /** Git tree of all files on the disk, uncommitted and untracked ones too; only ignored ones are not in it. */
  tree: string;
  /** Folder with the objects of `tree` that the repository does not have; null when it has them all. */
  objects: string | null;
  warnings: string[];
}

export interface FolderBaseline {
  is_repo: false;
  root: string;
  manifest: FolderManifest;
}

export const ChangedFile = Type.Interface(
  [TreeChange],
  {
    sha256: noted(
      nullable(text),
      "Of what lies on the disk now (a link's target text); null for what is no file any more.",
    ),
  },
  { title: 'ChangedFile' },
);
export type ChangedFile = Static<typeof ChangedFile>;

export interface Changes {
  is_repo: boolean;
  /** Whether uncommitted changes lie in the work tree now, whosever they are. */
  dirty: boolean;
  /** Every path that was touched, sorted; a rename counts with both its names. */
  changed_files: string[];
  files: ChangedFile[];
  /** What `git apply --binary` turns the baseline into the present with. Not redacted. */
  diff: Buffer;
  /** `git status` now, for a person. */
  git_status: string;
  /** What this report leaves out and why. */
  warnings: string[];
}

/**
 * Takes down what a worker starts from. A clean repository costs one `git status`; a dirty one is written as a
 * tree, with its objects in the folder `objects` (made only then), which must live until the last `changesSince`.
 */
export async function takeBaseline(path: string, { objects }: { objects: string }): Promise<Baseline> {
  // Side by side: each is one process, and a spawn waits for them. The status is asked with the submodules' own
  // uncommitted work left out, which a tree cannot hold.
  const [repository, status, revisions] = await Promise.all([
    findRepository(path),
    git(path, ['status', '--porcelain', '-z', '-unormal', '--no-renames', '--ignore-submodules=dirty'], {
      accept: [0, 128],
    }),
    git(path, ['rev-parse', 'HEAD', 'HEAD^{tree}'], { accept: [0, 128] }),
  ]);
  if (repository === null) return { is_repo: false, root: path, manifest: folderManifest(path) };
  const born = revisions.code === 0;
  const [head = null, headTree = ''] = born ? revisions.stdout.toString().split('\n') : [];
  const known = { is_repo: true as const, root: repository.root, head };
  if (born && status.code === 0 && status.stdout.length === 0) {
    return { ...known, tree: headTree, objects: null, warnings: [] };
  }
  await makePrivateFolder(objects);
  return { ...known, objects, ...(await snapshotWorkTree(repository, { objects, alternates: [] })) };
}

/**
 * Everything that is different on the disk since the baseline: committed, staged, unstaged, untracked.
 * Neither work tree nor index nor repository are touched. A folder without a repository is compared by size, times
 * and mode, up to a limit of files, and has no patch.
 * Errors: NOT_A_REPOSITORY when the baseline's repository is gone.
 */
export async function changesSince(baseline: Baseline, path: string): Promise<Changes> {
  if (!baseline.is_repo) return folderChanges(baseline, path);
  const repository = await findRepository(path);
  if (repository === null) {
    const message = `${path} was a git repository when the worker started and is none now: its changes cannot be told.`;
    throw new AgentPoolError('NOT_A_REPOSITORY', message, { path, head: baseline.head });
  }
  const objects = await mkdtemp(join(tmpdir(), 'agentpool-objects-'));
  try {
    return await repositoryChanges(baseline, repository, objects);
  } finally {
    await rm(objects, { recursive: true, force: true });
  }
}

async function repositoryChanges(
  baseline: RepositoryBaseline,
  repository: Repository,
  objects: string,
): Promise<Changes> {
  const { root } = repository;
  const store: ObjectStore = { objects, alternates: baseline.objects === null ? [] : [baseline.objects] };
  const [status, now, inside] = await Promise.all([
    gitText(root, ['status', '--porcelain=v1', '--branch', '--untracked-files=normal']),
    snapshotWorkTree(repository, store, baseline.tree),
    dirtySubmodules(root),
  ]);
  const env = storeEnvironment(repository, store);
  const { changes, patch } = await compareTrees(root, baseline.tree, now.tree, env);
  const files = await withContents(root, changes);
  const repositories = files.filter(({ mode }) => mode === '160000').map(({ path }) => path);
  return {
    is_repo: true,
    dirty: status.split('\n').some((line) => line !== '' && !line.startsWith('## ')),
    changed_files: touched(files),
    files,
    diff: patch ?? Buffer.alloc(0),
    git_status: status,
    warnings: [
      ...now.warnings,
      ...repositories.map((name) => `${name} is a repository of its own: only its commit is in the patch`),
      ...inside.map((name) => `uncommitted changes inside the submodule ${name} are not in the patch`),
      ...(patch === null ? [`the patch is larger than ${PATCH_LIMIT} bytes and left out`] : []),
    ],
  };
}

/** One after the other: a worker that touched ten thousand files must not need as many open at once. */
async function withContents(root: string, changes: readonly TreeChange[]): Promise<ChangedFile[]> {
  const files: ChangedFile[] = [];
  for (const change of changes) {
    const hasContent = change.mode !== null && change.mode !== '160000';
    files.push({ ...change, sha256: hasContent ? await contentHash(join(root, change.path)) : null });
  }
  return files;
}

/** null when the file is gone by now or its name is not UTF-8. */
async function contentHash(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink()) {
    const target = await readlink(path, 'buffer');
    return createHash('sha256').update(target).digest('hex');
  }
  return found?.isFile() ? ((await fingerprint(path))?.sha256 ?? null) : null;
}

async function dirtySubmodules(root: string): Promise<string[]> {
  if (!existsSync(join(root, '.gitmodules'))) return [];
  const flags = ['--porcelain=v2', '-z', '--untracked-files=no', '--no-renames', '--ignore-submodules=none'];
  const status = await gitText(root, ['status', ...flags]);
  // `1 XY S<commit><modified><untracked> mH mI mW hH hI path`
  return status.split('\0').flatMap((line) => /^1 \S+ S.(?:M.|.U) (?:\S+ ){5}(.*)$/s.exec(line)?.[1] ?? []);
}

async function folderChanges(baseline: FolderBaseline, path: string): Promise<Changes> {
  const { files, complete } = compareManifests(baseline.manifest, folderManifest(path));
  const listed = await withContents(
    path,
    files.map((file) => ({ ...file, binary: false })),
  );
  const partly = 'the folder has more files than are compared: new ones may be missing in this list';
  return {
    is_repo: false,
    dirty: listed.length > 0,
    changed_files: touched(listed),
    files: listed,
    diff: Buffer.alloc(0),
    git_status: '',
    warnings: [
      'not a git repository: files are compared by size, times and mode, and there is no patch',
      ...(complete ? [] : [partly]),
    ],
  };
}

function touched(files: readonly ChangedFile[]): string[] {
  const paths = files.flatMap(({ path, old_path }) => (old_path === undefined ? [path] : [old_path, path]));
  return [...new Set(paths)].sort();
}
