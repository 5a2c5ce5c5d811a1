import { accessSync, constants, existsSync, lstatSync, readlinkSync, type Stats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { git } from '../git/call.ts';
import type { PrivateGit } from '../git/private-git.ts';
import { stampOf } from './folder-manifest.ts';
import { decode, records } from './scan.ts';

/** What of a work tree is read into a snapshot; the rest is described by its size and times alone. */
export interface SnapshotLimits {
  /** Bytes of one file. */
  file: number;
  /** Bytes of all files together. */
  total: number;
  files: number;
}

export interface TreeSnapshot {
  /** Git tree of the files on disk, without the ones in `large`. */
  tree: string;
  /** Path -> mode, size and times (see `stampOf`) of files above the limits. */
  large: Record<string, string>;
  /** What could not be read, and why. */
  warnings: string[];
}

interface Sorted {
  files: string[];
  repositories: { path: string; commit: string }[];
  large: Record<string, string>;
  warnings: string[];
}

/**
 * Brings `paths` (see `scan`) in the index of a private git folder up to what is on disk and writes the tree. The index
 * is kept as it is for all other paths. The first ones count first. A file above the limits is taken out of the index where `drop` says so.
 */
export async function snapshot(
  view: PrivateGit,
  root: string,
  paths: readonly string[],
  { limits, drop }: { limits: SnapshotLimits; drop: boolean },
): Promise<TreeSnapshot> {
  const { files, repositories, large, warnings } = await sortOut(root, paths, limits);
  if (drop) await update(view, ['--force-remove'], Object.keys(large));
  const links = repositories.map(({ path, commit }) => `160000 ${commit}\t${path}\0`);
  await feed(view, ['--replace', '--index-info'], links);
  const entered = await enter(view, files);
  // Objects may be gone that only the index of the user named; the names of the files are still true.
  const tree = (await view.run(['write-tree', '--missing-ok'])).stdout.toString().trim();
  return { tree, large: decoded(large), warnings: [...warnings, ...entered] };
}

const decoded = (stamps: Record<string, string>) =>
  Object.fromEntries(Object.entries(stamps).map(([path, stamp]) => [decode(path), stamp]));

/** Synchronous where it can be: a promise per file takes ten times as long, and a spawn waits for this. */
async function sortOut(root: string, paths: readonly string[], limits: SnapshotLimits): Promise<Sorted> {
  const result: Sorted = { files: [], repositories: [], large: {}, warnings: [] };
  let total = 0;
  for (const named of new Set(paths)) {
    const path = named.replace(/\/$/, '');
    const place = join(root, decode(path));
    const found = statOf(place);
    if (found?.isDirectory()) {
      const commit = await commitOf(place);
      if (commit) result.repositories.push({ path, commit });
      else if (existsSync(join(place, '.git')))
        result.warnings.push(`${decode(path)} is a repository of its own without a commit: it is left out`);
      else result.files.push(path);
    } else if (
      found?.isFile() &&
      (found.size > limits.file || total + found.size > limits.total || result.files.length >= limits.files)
    ) {
      result.large[path] = stampOf(place) ?? '';
    } else {
      const fault = unreadable(place, found);
      if (fault) result.warnings.push(`${decode(path)} could not be read: ${fault}`);
      else result.files.push(path);
      total += found?.isFile() ? found.size : 0;
    }
  }
  return result;
}

/** The commit that a repository inside of the work tree is at. Read, not asked with its `status`: that runs its filters. */
export async function commitOf(folder: string): Promise<string | null> {
  const dir = join(folder, '.git');
  if (!existsSync(dir)) return null;
  const answer = await git(folder, ['--git-dir', dir, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    accept: [0, 1, 128],
  });
  return answer.code === 0 ? answer.stdout.toString().trim() : null;
}

function statOf(place: string): Stats | null {
  try {
    return lstatSync(place, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function unreadable(place: string, found: Stats | null): string | null {
  try {
    if (found?.isSymbolicLink()) readlinkSync(place);
    else if (found?.isFile()) accessSync(place, constants.R_OK);
    else if (found) return 'it is no file';
    return null;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/** Reads files into the index; one that cannot be read after all is left out and named. */
async function enter(view: PrivateGit, paths: readonly string[]): Promise<string[]> {
  const warnings: string[] = [];
  let left = paths;
  for (;;) {
    try {
      await update(view, ['--add', '--remove', '--replace'], left);
      return warnings;
    } catch (error) {
      const stderr = error instanceof AgentPoolError ? String(error.details.stderr) : '';
      const failed = /fatal: Unable to process path (.*)/.exec(stderr)?.[1];
      const rest = left.filter((path) => decode(path) !== failed);
      if (rest.length === left.length || isFull(error)) throw error;
      warnings.push(`${failed} could not be read: ${/^error: (.*)$/m.exec(stderr)?.[1] ?? stderr}`);
      left = rest;
    }
  }
}

const isFull = (error: unknown): boolean => error instanceof AgentPoolError && error.code === 'STORAGE_FULL';

const update = (view: PrivateGit, flags: readonly string[], paths: readonly string[]) =>
  feed(
    view,
    ['-z', ...flags, '--stdin'],
    paths.map((path) => `${path}\0`),
  );

async function feed(view: PrivateGit, args: readonly string[], lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const flags = args.includes('-z') ? args : ['-z', ...args];
  await view.run(['update-index', ...flags], { input: Buffer.from(lines.join(''), 'latin1') });
}

/**
 * Packs what a tree has beside another one into `folder`, wherever its objects are today: in the repository they may
 * depend on the user's index alone, and the next `git gc` removes them.
 */
export async function packTree(view: PrivateGit, tree: string, base: string, folder: string): Promise<void> {
  const { stdout } = await view.run(['diff-tree', '-r', '-t', '-z', '--raw', base, tree]);
  // `:mode mode oid oid status`, then the path; the second object is the one of `tree`.
  const objects = records(stdout).flatMap((line) => {
    const [, mode = '', oid = ''] = /^:\d+ (\d+) \S+ (\S+)/.exec(line) ?? [];
    return mode === '' || mode === '000000' || mode === '160000' ? [] : [oid];
  });
  await mkdir(join(folder, 'pack'), { recursive: true, mode: 0o700 });
  const input = [tree, ...new Set(objects)].join('\n');
  await view.run(['pack-objects', '--quiet', '--window=0', join(folder, 'pack', 'pack')], { input });
}
