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

/** The state of a work tree when a worker started. JSON. */
export type Baseline = RepositoryBaseline | FolderBaseline;

export interface RepositoryBaseline {
  is_repo: true;
  root: string;
  /** null before the first commit. */
  head: string | null;
  /** Git tree of all files on disk, uncommitted and untracked ones included, ignored ones excluded. */
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
      "Of what is on disk now (a link's target text); null for what is no longer a file.",
    ),
  },
  { title: 'ChangedFile' },
);
export type ChangedFile = Static<typeof ChangedFile>;

export interface Changes {
  is_repo: boolean;
  /** Whether the work tree has uncommitted changes now, including those from before the worker. */
  dirty: boolean;
  /** Every path that was touched, sorted; a rename counts with both its names. */
  changed_files: string[];
  files: ChangedFile[];
  /** The patch with which `git apply --binary` turns the baseline into the current files. Not redacted. */
  diff: Buffer;
  /** The current `git status`, for a person. */
  git_status: string;
  /** What this report leaves out and why. */
  warnings: string[];
}

/**
 * Records what a worker starts from. A clean repository costs one `git status`; a dirty one is written as a tree, with
 * its objects in the folder `objects` (created only then), which must exist until the last `changesSince`.
 */
export async function takeBaseline(path: string, { objects }: { objects: string }): Promise<Baseline> {
  // In parallel: each is one process, and a spawn waits for them. The status excludes uncommitted work inside
  // submodules, which a tree cannot contain.
  const [repository, status, revisions] = await Promise.all([
    findRepository(path),
    git(path, ['status', '--porcelain', '-z', '-unormal', '--no-renames', '--ignore-submodules=dirty'], {
      accept: [0, 128],
    }),
    git(path, ['rev-parse', 'HEAD', 'HEAD^{tree}'], { accept: [0, 128] }),
  ]);
  if (repository === null) return { is_repo: false, root: path, manifest: folderManifest(path) };
  const hasCommits = revisions.code === 0;
  const [head = null, headTree = ''] = hasCommits ? revisions.stdout.toString().split('\n') : [];
  const common = { is_repo: true as const, root: repository.root, head };
  if (hasCommits && status.code === 0 && status.stdout.length === 0) {
    return { ...common, tree: headTree, objects: null, warnings: [] };
  }
  await makePrivateFolder(objects);
  return { ...common, objects, ...(await snapshotWorkTree(repository, { objects, alternates: [] })) };
}

/**
 * Everything that differs on disk from the baseline: committed, staged, unstaged, untracked. Work tree, index and
 * repository are not touched. A folder without a repository is compared by size, times and mode, up to a limit of
 * files, and has no patch. Throws NOT_A_REPOSITORY when the baseline's repository is gone.
 */
export async function changesSince(baseline: Baseline, path: string): Promise<Changes> {
  if (!baseline.is_repo) return folderChanges(baseline, path);
  const repository = await findRepository(path);
  if (repository === null) {
    const message = `${path} was a git repository when the worker started and is none now: its changes cannot be determined.`;
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
  const [status, now, submodules] = await Promise.all([
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
    changed_files: touchedPaths(files),
    files,
    diff: patch ?? Buffer.alloc(0),
    git_status: status,
    warnings: [
      ...now.warnings,
      ...repositories.map((name) => `${name} is a repository of its own: only its commit is in the patch`),
      ...submodules.map((name) => `uncommitted changes inside the submodule ${name} are not in the patch`),
      ...(patch === null ? [`the patch is larger than ${PATCH_LIMIT} bytes and left out`] : []),
    ],
  };
}

/** In sequence: a worker that touched ten thousand files must not need as many open at once. */
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
  const incomplete = 'the folder has more files than are compared: new ones may be missing from this list';
  return {
    is_repo: false,
    dirty: listed.length > 0,
    changed_files: touchedPaths(listed),
    files: listed,
    diff: Buffer.alloc(0),
    git_status: '',
    warnings: [
      'not a git repository: files are compared by size, times and mode, and there is no patch',
      ...(complete ? [] : [incomplete]),
    ],
  };
}

function touchedPaths(files: readonly ChangedFile[]): string[] {
  const paths = files.flatMap(({ path, old_path }) => (old_path === undefined ? [path] : [old_path, path]));
  return [...new Set(paths)].sort();
}
