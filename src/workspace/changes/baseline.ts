import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder } from '../../lib/files/private-files.ts';
import { type GitPlace, type GitSettings, openPrivateGit, readSettingsIn } from '../git/private-git.ts';
import { findCheckout } from '../git/repository.ts';
import { type FolderManifest, folderManifest } from './folder-manifest.ts';
import { decode, records, scan } from './scan.ts';
import { packTree, type SnapshotLimits, snapshot } from './tree-snapshot.ts';

/** The state of a work tree when a worker started. JSON. */
export type Baseline = RepositoryBaseline | FolderBaseline;

export interface RepositoryBaseline {
  is_repo: true;
  root: string;
  /** null before the first commit. */
  head: string | null;
  /** Git tree of all files on disk, uncommitted and untracked ones included, ignored and `large` ones excluded. */
  tree: string;
  /** Until 0.2: the folder with the objects of `tree` that the repository does not have. */
  objects: string | null;
  warnings: string[];
  /** Since 0.3, and so are the others. A worker can change where `.git` points to, and its settings. */
  place?: { git_dir: string; common_dir: string; settings: GitSettings };
  /**
   * What the baseline's folder has: an index whose entries are the files of `tree`, and objects of them. `freed`: it had
   * objects until the work was collected.
   */
  kept?: { index: boolean; objects: boolean; freed?: true };
  /** Files that were not copied, since they are too large or too many, by their size and times. */
  large?: Record<string, string>;
  /** What a rule ignored. */
  ignored?: string[];
}

export interface FolderBaseline {
  is_repo: false;
  root: string;
  manifest: FolderManifest;
}

/** Copies of all dirty files of a checkout would fill the disk with every worker, and keep the spawn waiting. */
const COPIED: SnapshotLimits = { file: 1024 * 1024, total: 16 * 1024 * 1024, files: 2000 };

/** The names of what is kept in a baseline's folder. */
export const indexIn = (folder: string): string => join(folder, 'index');

/**
 * Records what a worker starts from. The index with the times of all files is kept in `folder`; files that are in no
 * commit are copied there within limits, and the others are known by their size and times.
 */
export async function takeBaseline(path: string, { folder }: { folder: string }): Promise<Baseline> {
  // In parallel: each is one process, and a spawn waits for them.
  const [checkout, { settings }] = await Promise.all([findCheckout(path), readSettingsIn(path)]);
  if (checkout === null) return { is_repo: false, root: path, manifest: folderManifest(path) };
  const { repository, head } = checkout;
  const { root, git_dir, common_dir } = repository;
  await makePrivateFolder(folder);
  const place = { root, git_dir, common_dir };
  const view = await openPrivateGit(place, { settings, index: join(git_dir, 'index'), parent: folder });
  try {
    const base = head?.tree ?? emptyTree(settings);
    const [found, staged] = await Promise.all([
      scan(view, root),
      view.run(['diff-index', '--cached', '--name-only', '-z', '--ignore-submodules=dirty', base]),
    ]);
    // What is tracked first: a folder of a tool that no rule ignores may have more files than are copied.
    const paths = [...found.changed, ...records(staged.stdout), ...found.untracked];
    const clean = paths.length === 0;
    const taken = clean
      ? { tree: base, large: {}, warnings: [] }
      : await snapshot(view, root, paths, { limits: COPIED, drop: true });
    const objects = taken.tree !== base;
    if (objects) await packTree(view, taken.tree, base, folder);
    await keepIndex(view.index, folder);
    await makePrivate(folder, objects);
    return {
      is_repo: true,
      root,
      head: head?.commit ?? null,
      objects: null,
      ...taken,
      place: { git_dir, common_dir, settings },
      kept: { index: true, objects },
      ignored: found.ignored.map(decode),
    };
  } finally {
    await view.close();
  }
}

/** A checkout that was made a moment ago, in which nothing has run: its index and its commit say all. */
export async function baselineOfCheckout(
  place: GitPlace,
  checkout: { commit: string; tree: string; settings: GitSettings; warnings: string[] },
  { folder }: { folder: string },
): Promise<Baseline> {
  const { root, git_dir, common_dir } = place;
  const { commit, tree, settings, warnings } = checkout;
  await makePrivateFolder(folder);
  await copyFile(join(git_dir, 'index'), indexIn(folder));
  await makePrivate(folder, false);
  return {
    is_repo: true,
    root,
    head: commit,
    tree,
    objects: null,
    warnings,
    place: { git_dir, common_dir, settings },
    kept: { index: true, objects: false },
    large: {},
    ignored: [],
  };
}

async function keepIndex(index: string, folder: string): Promise<void> {
  // An empty repository has none.
  await rename(index, indexIn(folder)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}

/** Git writes its files readable by everyone. */
async function makePrivate(folder: string, hasPack: boolean): Promise<void> {
  const packs = hasPack
    ? (await readdir(join(folder, 'pack'))).map((name) => join(folder, 'pack', name))
    : [];
  const index = existsSync(indexIn(folder)) ? [indexIn(folder)] : [];
  await Promise.all([...index, ...packs].map((file) => chmod(file, 0o600)));
}

/** Frees the copies of files of a baseline whose work was collected. What the worker touched is still found by the index. */
export async function freeObjects(baseline: Baseline, folder: string): Promise<Baseline> {
  if (!baseline.is_repo || !baseline.kept?.objects) return baseline;
  await rm(join(folder, 'pack'), { recursive: true, force: true });
  return { ...baseline, kept: { ...baseline.kept, objects: false, freed: true } };
}

/** The tree without entries, which git knows without having it. */
export function emptyTree(settings: GitSettings): string {
  const algorithm = settings['extensions.objectformat'] === 'sha256' ? 'sha256' : 'sha1';
  return createHash(algorithm).update('tree 0\0').digest('hex');
}
