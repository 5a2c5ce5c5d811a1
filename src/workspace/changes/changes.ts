import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { makePrivateFolder } from '../../lib/files/private-files.ts';
import { noted, nullable, text } from '../../lib/shapes.ts';
import { firstNames } from '../../lib/text/counted.ts';
import { fingerprint } from '../artifacts.ts';
import {
  type GitPlace,
  type GitSettings,
  openPrivateGit,
  type PrivateGit,
  readSettings,
} from '../git/private-git.ts';
import { findRepository } from '../git/repository.ts';
import { type Baseline, type FolderBaseline, indexIn, type RepositoryBaseline } from './baseline.ts';
import { compareManifests, folderManifest, stampOf } from './folder-manifest.ts';
import { isRegenerated } from './regenerated.ts';
import { decode, records, scan, type WorkTreeScan } from './scan.ts';
import { compareIndexes, compareTrees, PATCH_LIMIT, TreeChange, turnsInto } from './tree-diff.ts';
import { type SnapshotLimits, snapshot } from './tree-snapshot.ts';
import { workStatus } from './work-status.ts';

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

/**
 * made: `git apply --binary` turns the baseline into the current files with it, which was tried. Not redacted.
 * earlier: the copies that it needs were freed after an earlier collection, whose patch is still there.
 * none: it cannot be made; the warnings say why.
 */
export type Patch = { kind: 'made'; bytes: Buffer } | { kind: 'earlier' | 'none' };

export interface Changes {
  is_repo: boolean;
  /** Whether the work tree has uncommitted changes now, including those from before the worker. */
  dirty: boolean;
  /** Every path that was touched, sorted; a rename counts with both its names. */
  changed_files: string[];
  files: ChangedFile[];
  /** New files that a rule of git ignores: they are in no patch. A folder that is ignored as a whole ends in '/'. */
  ignored_files: string[];
  patch: Patch;
  /** The current `git status`, for a person. */
  git_status: string;
  /** What this report leaves out and why. */
  warnings: string[];
}

/**
 * Everything that differs on disk from the baseline: committed, staged, unstaged, untracked. Work tree, index and
 * repository are not touched, and nothing runs that they name. A folder without a repository is compared by size, times
 * and mode, up to a limit of files, and has no patch. `folder` is the one of the baseline. Throws NOT_A_REPOSITORY when
 * the baseline's repository is gone.
 */
export async function changesSince(
  baseline: Baseline,
  path: string,
  { folder }: { folder: string },
): Promise<Changes> {
  if (!baseline.is_repo) return folderChanges(baseline, path);
  const { place, settings } = await placeOf(baseline, path);
  // Missing for a clean checkout of release 0.2.
  await makePrivateFolder(folder);
  const view = await openPrivateGit(place, {
    settings,
    alternates: [baseline.objects ?? folder],
    ...(baseline.kept?.index ? { index: indexIn(folder) } : {}),
    parent: folder,
  });
  try {
    if (!baseline.kept?.index) await view.run(['read-tree', baseline.tree]);
    return await repositoryChanges(baseline, { place, settings, view, folder });
  } finally {
    await view.close();
  }
}

/** The git folders that the worker was started with; a worker can point its `.git` to others. */
async function placeOf(
  baseline: RepositoryBaseline,
  path: string,
): Promise<{ place: GitPlace; settings: GitSettings }> {
  const { place: planned, root, head } = baseline;
  if (planned && existsSync(join(planned.git_dir, 'HEAD')) && existsSync(root)) {
    const { settings, ...dirs } = planned;
    return { place: { root, ...dirs }, settings };
  }
  const repository = await findRepository(path);
  if (repository === null) {
    const message = `${path} was a git repository when the worker started and is none now: its changes cannot be determined.`;
    throw new AgentPoolError('NOT_A_REPOSITORY', message, { path, head });
  }
  const settings = planned?.settings ?? (await readSettings(repository.git_dir)).settings;
  return { place: repository, settings };
}

const COMPARED: SnapshotLimits = { file: PATCH_LIMIT, total: PATCH_LIMIT, files: Number.POSITIVE_INFINITY };

interface Comparison {
  place: GitPlace;
  settings: GitSettings;
  view: PrivateGit;
  folder: string;
}

async function repositoryChanges(baseline: RepositoryBaseline, at: Comparison): Promise<Changes> {
  const { view, place } = at;
  const [found, status] = await Promise.all([
    scan(view, place.root),
    workStatus(place, { settings: at.settings, parent: at.folder }),
  ]);
  const tracked = await trackedThoughIgnored(at, found);
  const own = new Set(tracked.map(decode));
  const large = baseline.large ?? {};
  const paths = [...found.changed, ...found.untracked, ...tracked].filter((name) => !(decode(name) in large));
  const isSame = paths.length === 0 && baseline.kept?.index === true;
  const now = isSame
    ? { tree: baseline.tree, large: {}, warnings: [] }
    : await snapshot(view, place.root, paths, { limits: COMPARED, drop: false });
  const beyond = [...largeChanges(place.root, large), ...newLarge(now.large, found)];
  const { changes, patch, warnings } = await compared(baseline, at, now.tree);
  const files = await withContents(place.root, [...changes, ...beyond].sort(byPath));
  const repositories = files.filter(({ mode }) => mode === '160000').map(({ path }) => path);
  const before = new Set(baseline.ignored ?? []);
  return {
    is_repo: true,
    dirty: status.dirty,
    changed_files: touchedPaths(files),
    files,
    ignored_files: found.ignored
      .map(decode)
      .filter((name) => !before.has(name) && !own.has(name) && !isRegenerated(name)),
    patch,
    git_status: status.text,
    warnings: [
      ...baseline.warnings,
      ...now.warnings,
      ...repositories.map((name) => `${name} is a repository of its own: only its commit is in the patch`),
      ...status.submodules.map(
        (name) => `uncommitted changes inside the submodule ${name} are not in the patch`,
      ),
      ...notInPatch(beyond),
      ...warnings,
    ],
  };
}

/** Files that a rule ignores and the worker's own index has: it added them by force. */
async function trackedThoughIgnored(
  { view, place }: Comparison,
  { ignored }: WorkTreeScan,
): Promise<string[]> {
  if (ignored.length === 0) return [];
  const env = { GIT_INDEX_FILE: join(place.git_dir, 'index') };
  const listed = await view.run(['ls-files', '-z'], { env, accept: [0, 128] });
  const names = new Set(ignored.filter((name) => !name.endsWith('/')));
  const folders = ignored.filter((name) => name.endsWith('/'));
  return records(listed.stdout).filter(
    (path) => names.has(path) || folders.some((folder) => path.startsWith(folder)),
  );
}

/** What changed of the files that the baseline knows by their size and times. */
function largeChanges(root: string, large: Record<string, string>): TreeChange[] {
  return Object.entries(large).flatMap(([path, before]): TreeChange[] => {
    const now = stampOf(join(root, path));
    if (now === before) return [];
    const mode = now?.split(' ')[0] ?? null;
    return [{ path, status: now === null ? 'D' : 'M', binary: true, mode }];
  });
}

function notInPatch(changes: readonly TreeChange[]): string[] {
  if (changes.length === 0) return [];
  const names = changes.map(({ path }) => path);
  return [`not in the patch, since they are too large or too many to be copied: ${firstNames(names, 5)}`];
}

const newLarge = (large: Record<string, string>, { untracked }: WorkTreeScan): TreeChange[] => {
  const isNew = new Set(untracked.map(decode));
  return Object.entries(large).map(([path, stamp]) => ({
    path,
    status: isNew.has(path) ? 'A' : 'M',
    binary: true,
    mode: stamp.split(' ')[0] ?? null,
  }));
};

async function compared(
  baseline: RepositoryBaseline,
  { view, folder }: Comparison,
  tree: string,
): Promise<{ changes: TreeChange[]; patch: Patch; warnings: string[] }> {
  if (tree === baseline.tree) return { changes: [], patch: made(Buffer.alloc(0)), warnings: [] };
  try {
    const { changes, patch } = await compareTrees(view, baseline.tree, tree);
    if (patch === null) {
      return {
        changes,
        patch: { kind: 'none' },
        warnings: [`the patch is larger than ${PATCH_LIMIT} bytes and left out`],
      };
    }
    if (await turnsInto(view, baseline.tree, patch, tree))
      return { changes, patch: made(patch), warnings: [] };
    const wrong = 'git does not apply the patch to what the worker started from: it is left out';
    return { changes, patch: { kind: 'none' }, warnings: [wrong] };
  } catch (error) {
    // Objects are gone: freed by us, or removed by a `git gc` after the user rewrote the history.
    const index = indexIn(folder);
    const lost = error instanceof AgentPoolError && error.code === 'GIT_FAILED';
    if (!lost || !baseline.kept?.index || !existsSync(index)) throw error;
    const changes = await compareIndexes(view, index);
    if (baseline.kept.freed) {
      const earlier = 'the worker had ended when it was collected before: diff.patch is of that time';
      return { changes, patch: { kind: 'earlier' }, warnings: [earlier] };
    }
    const gone =
      'objects of the baseline are gone from the repository: the changes are listed, without a patch';
    return { changes, patch: { kind: 'none' }, warnings: [gone] };
  }
}

const made = (bytes: Buffer): Patch => ({ kind: 'made', bytes });
const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

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
    ignored_files: [],
    patch: { kind: 'none' },
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
