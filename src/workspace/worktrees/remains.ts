import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentPoolError } from '../../lib/errors.ts';
import { fileText } from '../../lib/files/file-text.ts';
import { storing } from '../../lib/files/private-files.ts';
import { kill } from '../../lib/process/kill.ts';
import { run } from '../../lib/process/run.ts';
import { git, gitText } from '../git/call.ts';
import { commonDirOf, resolveRevision } from '../git/repository.ts';
import { isPreparing } from './prepared.ts';

/** The three parts of a worktree: its folder, its branch, its entry below the repository's git folder. */
export interface WorktreePlace {
  path: string;
  branch: string;
  /** The git folder that all worktrees of the repository share. */
  common_dir: string;
}

/**
 * absent: no files. creating: its creator was ended before it finished, no worker has run there.
 * complete: a working worktree. unknown: a folder with files that git has no entry for.
 */
export type WorktreeState = 'absent' | 'creating' | 'complete' | 'unknown';

export interface BranchOutcome {
  kept: boolean;
  reason: string;
}

export async function worktreeState(place: WorktreePlace): Promise<WorktreeState> {
  const files = await list(place.path);
  if (files.length === 0) return 'absent';
  const entries = await entriesOf(place);
  if (entries.length === 0) return 'unknown';
  for (const entry of entries) {
    // git keeps this lock from the first file to the end of the checkout.
    const lock = await read(join(entry, 'locked'));
    const isUnfinished = lock?.trim() === 'initializing' || !existsSync(join(entry, 'index'));
    if (isUnfinished || isPreparing(entry)) return 'creating';
  }
  // Without a .git file, git ignores the folder, but its files may still matter to the user.
  return files.includes('.git') ? 'complete' : 'unknown';
}

/** Where the folder of a worktree is while it is removed. */
export const removingOf = (path: string): string => `${path}.removing`;

/** The reason of `git worktree lock`, by the entry of a worktree; null when it is not locked. */
export async function lockReason(entry: string): Promise<string | null> {
  const reason = await read(join(entry, 'locked'));
  return reason === null ? null : reason.trim();
}

/** The commit that a worktree is on, by its entry; null if that is not known. */
export const resolveEntryHead = (entry: string): Promise<string | null> =>
  resolveRevision(entry, 'HEAD^{commit}').catch(() => null);

/**
 * Removes folder and entry; resolves to whether there was any. The folder is moved aside first: after an interrupted
 * removal, the next one then finds a removal, not a worktree with deleted files.
 */
export async function eraseWorktree(place: WorktreePlace): Promise<boolean> {
  const aside = removingOf(place.path);
  const entries = await entriesOf(place);
  const existed = entries.length > 0 || existsSync(place.path) || existsSync(aside);
  await storing(place.path, async () => {
    await removeTree(aside);
    await unlessMissing(rename(place.path, aside));
    for (const entry of entries) await removeTree(entry);
    await removeTree(aside);
  });
  await removeEmptyFolder(dirname(place.path));
  return existed;
}

export interface RegisteredWorktree {
  path: string;
  branch: string | null;
  head: string;
  /** The reason of `git worktree lock`, null when it is not locked. */
  locked: string | null;
}

/** All worktrees that git knows, the main one first. */
export async function registeredWorktrees(commonDir: string): Promise<RegisteredWorktree[]> {
  const listing = await retryDuringCreation(() => gitText(commonDir, ['worktree', 'list', '--porcelain']));
  return listing.split('\n\n').map((block) => {
    const field = (name: string) => new RegExp(`^${name}(?: (.*))?$`, 'm').exec(block);
    return {
      path: field('worktree')?.[1] ?? '',
      branch: field('branch')?.[1]?.replace(/^refs\/heads\//, '') ?? null,
      head: field('HEAD')?.[1] ?? '',
      locked: field('locked') ? (field('locked')?.[1] ?? '') : null,
    };
  });
}

/** Signals of a crash. Any other is sent by a user or another process that wants the program to end. */
const CRASHES = ['SIGSEGV', 'SIGBUS', 'SIGABRT'];

/**
 * Retries `work` while another git creates a worktree: git reads the entries of all worktrees and fails on one that is
 * being written ('failed to read .git/worktrees/x/commondir: Success'). One of eight simultaneous spawns did. A git that
 * crashes is retried as well.
 */
export async function retryDuringCreation<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (cause) {
      const { stderr, signal } = cause instanceof AgentPoolError ? cause.details : {};
      const isPassing =
        /failed to read .*worktrees\/.*(commondir|gitdir|HEAD)/.test(String(stderr)) ||
        CRASHES.includes(String(signal));
      if (!isPassing || attempt === 20) throw cause;
      await pause(10 + Math.random() * 40);
    }
  }
}

/** Deletes the branch if it still points to `tip` and no other worktree has it checked out. */
export async function releaseBranch(place: WorktreePlace, tip: string): Promise<BranchOutcome> {
  if (!existsSync(place.common_dir)) return { kept: false, reason: 'the repository is gone' };
  const ref = `refs/heads/${place.branch}`;
  const now = await resolveRevision(place.common_dir, ref);
  if (now === null) {
    await removeRefRemains(place);
    return { kept: false, reason: 'there is no such branch' };
  }
  if (now !== tip) return { kept: true, reason: 'the branch has commits of its own' };
  if ((await registeredWorktrees(place.common_dir)).some(({ branch }) => branch === place.branch)) {
    return { kept: true, reason: 'the branch is checked out in another worktree' };
  }
  // With the old value: a commit that arrives at this moment makes it fail instead of being lost.
  await git(place.common_dir, ['update-ref', '-d', ref, tip]);
  await git(place.common_dir, ['config', '--local', '--remove-section', `branch.${place.branch}`], {
    // There is usually none, and one that stays because the file is locked does no harm.
    accept: [0, 1, 3, 4, 128, 255],
  });
  await removeRefRemains(place);
  return { kept: false, reason: 'the branch had no commits that are not elsewhere' };
}

/** Removes the lock that a killed git leaves on the branch. Only for a branch without workers: a lock may be in use. */
export async function breakBranchLock(place: WorktreePlace): Promise<void> {
  // Not there when a branch has the name of a folder on the way to it.
  await rm(join(place.common_dir, 'refs/heads', `${place.branch}.lock`), { force: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOTDIR') throw cause;
    },
  );
}

/**
 * Ends the git processes that are still creating this worktree: they outlive an AgentPool that was killed, and would
 * create folder and branch again after the cleanup. Recognised by the path in their arguments, or by the branch if they
 * work in this repository. Throws WORKTREE_BUSY when they do not end within about two seconds.
 */
export async function stopCreation(place: WorktreePlace): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const pids = await creatorsOf(place);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    await pause(20);
  }
  const message = `git is still creating ${place.path} and cannot be ended.`;
  throw new AgentPoolError('WORKTREE_BUSY', message, { path: place.path, example: 'ps aux | grep worktree' });
}

async function creatorsOf(place: WorktreePlace): Promise<number[]> {
  const found: number[] = [];
  for (const { pid, args } of await gitProcesses()) {
    if (names(args, place.path) || (names(args, place.branch) && (await worksIn(pid, place))))
      found.push(pid);
  }
  return found;
}

function names(args: string, name: string): boolean {
  const at = args.indexOf(name);
  // The whole name: /x/repo-1 is not /x/repo-12.
  return at >= 0 && /^[\s\0/]?$/.test(args.charAt(at + name.length));
}

/** Another repository may have a branch of that name. Without /proc, the name has to do. */
async function worksIn(pid: number, { common_dir }: WorktreePlace): Promise<boolean> {
  if (!existsSync('/proc/self/cwd')) return true;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return folder !== null && (await commonDirOf(folder)) === common_dir;
}

/** Every running git with its arguments, from /proc, or from ps where there is none. */
async function gitProcesses(): Promise<Array<{ pid: number; args: string }>> {
  const all = existsSync('/proc/self/cmdline') ? await fromProc() : await fromPs();
  return all.filter(({ pid, args }) => pid !== process.pid && /^(\S*\/)?git[\s\0]/.test(args));
}

async function fromProc(): Promise<Array<{ pid: number; args: string }>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => ({ pid: Number(pid), args: (await read(`/proc/${pid}/cmdline`)) ?? '' })),
  );
}

async function fromPs(): Promise<Array<{ pid: number; args: string }>> {
  const { stdout, error } = await run('/bin/ps', ['-axww', '-o', 'pid=,args='], { env: {} });
  if (error) throw error;
  return stdout.split('\n').flatMap((line) => {
    const found = /^\s*(\d+) (.*)$/.exec(line);
    return found ? [{ pid: Number(found[1]), args: found[2] ?? '' }] : [];
  });
}

/** The folders below .git/worktrees that belong to this worktree, also one that was never filled. */
export async function entriesOf(place: WorktreePlace): Promise<string[]> {
  const folder = join(place.common_dir, 'worktrees');
  const found: string[] = [];
  for (const name of await list(folder)) {
    const entry = join(folder, name);
    // At once: a repository may have hundreds of these small files.
    const pointer = fileText(join(entry, 'gitdir'))?.trim();
    // Git names it after the folder; an entry without a pointer has no other sign of its owner.
    const ours = pointer
      ? dirname(resolve(entry, pointer)) === place.path
      : name.endsWith(`-${/[A-Za-z0-9_]+$/.exec(place.branch)?.[0]}`);
    if (ours) found.push(entry);
  }
  return found;
}

/** Removes the log and the empty folders that git leaves when it is killed while creating a branch. */
async function removeRefRemains(place: WorktreePlace): Promise<void> {
  const ref = join('refs/heads', place.branch);
  if (!(await resolveRevision(place.common_dir, ref)))
    await rm(join(place.common_dir, 'logs', ref), { force: true });
  for (const root of [place.common_dir, join(place.common_dir, 'logs')]) {
    for (let folder = dirname(ref); folder !== 'refs/heads'; folder = dirname(folder)) {
      await removeEmptyFolder(join(root, folder));
    }
  }
}

async function removeTree(path: string): Promise<void> {
  // Retried: the checkout of a git that lost its parent may still be writing below.
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

async function removeEmptyFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code ?? '')) throw cause;
  }
}

async function unlessMissing(work: Promise<unknown>): Promise<void> {
  await work.catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
    throw cause;
  }
}

async function read(path: string): Promise<string | null> {
  // A process or an entry may be gone by now.
  return readFile(path, 'utf8').catch(() => null);
}
