import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileText } from '../../lib/files/file-text.ts';
import { git } from '../git/call.ts';
import {
  type GitPlace,
  openPrivateGit,
  type PrivateGit,
  type PrivateGitOptions,
  readSettings,
} from '../git/private-git.ts';
import { decode, ignoredFiles, records, revealAll } from './scan.ts';

/** Work in a work tree that is in no commit. */
export interface WorkStatus {
  /** `git status --porcelain=v1 --branch`, as if no file were hidden from git. */
  text: string;
  /** Staged, unstaged, untracked, or inside of a submodule. */
  dirty: boolean;
  /** Submodules with uncommitted changes in them. */
  submodules: string[];
}

/** Submodules in submodules; a worker could make a chain without an end. */
const DEEPEST = 8;

/** The settings of the repository, and a folder of ours for the private git folder. */
type Asked = Pick<PrivateGitOptions, 'settings' | 'parent'>;

/** The uncommitted work of a work tree. Runs nothing that the repository or a submodule names. */
export async function workStatus(place: GitPlace, asked: Asked, depth = 0): Promise<WorkStatus> {
  const { git_dir, root } = place;
  const [head, view] = await Promise.all([headOf(git_dir), openView(place, asked)]);
  try {
    const ask = await statusIn(view, head);
    const [first, submodules] = await Promise.all([ask(), dirtySubmodules(view, place, asked.parent, depth)]);
    // Rare, so that the first answer nearly always is the one.
    const lines = (await revealAll(view, root)) ? await ask() : first;
    return {
      text: [`## ${branchOf(git_dir)}`, ...(lines ? [lines] : [])].join('\n'),
      dirty: lines !== '' || submodules.length > 0,
      submodules,
    };
  } finally {
    await view.close();
  }
}

/** Whether a work tree has uncommitted work, which often one process finds. `head`: the commit that it is on, if known. */
export async function isDirty(place: GitPlace, asked: Asked & { head?: string | null }): Promise<boolean> {
  const { head = await headOf(place.git_dir) } = asked;
  const view = await openView(place, asked);
  try {
    const ask = await statusIn(view, head);
    if ((await ask()) !== '') return true;
    if ((await dirtySubmodules(view, place, asked.parent, 0)).length > 0) return true;
    return (await revealAll(view, place.root)) && (await ask()) !== '';
  } finally {
    await view.close();
  }
}

async function headOf(git_dir: string): Promise<string | null> {
  const words = ['--git-dir', git_dir, 'rev-parse', '--verify', '-q', 'HEAD'];
  const found = await git(git_dir, words, { accept: [0, 1, 128] });
  return found.code === 0 ? found.stdout.toString().trim() : null;
}

/** With a copy of the index of the work tree. */
const openView = (place: GitPlace, asked: Asked): Promise<PrivateGit> =>
  openPrivateGit(place, { ...asked, index: join(place.git_dir, 'index') });

/** Asks for the lines of `git status`, against this commit. */
async function statusIn(view: PrivateGit, head: string | null): Promise<() => Promise<string>> {
  if (head !== null) await writeFile(join(dirname(view.objects), 'HEAD'), `${head}\n`);
  const flags = ['--porcelain=v1', '--untracked-files=normal', '--ignore-submodules=dirty'];
  return async () => (await view.run(['status', ...flags])).stdout.toString().replace(/\n$/, '');
}

/** What a rule of git ignores in a work tree; a folder that is ignored as a whole ends in '/'. */
export async function ignoredWork(place: GitPlace, asked: Asked): Promise<string[]> {
  const view = await openView(place, asked);
  try {
    return (await ignoredFiles(view)).map(decode);
  } finally {
    await view.close();
  }
}

function branchOf(gitDir: string): string {
  const head = readFileSync(join(gitDir, 'HEAD'), 'utf8').trim();
  return /^ref: refs\/heads\/(.*)$/.exec(head)?.[1] ?? 'HEAD (no branch)';
}

async function dirtySubmodules(
  view: PrivateGit,
  { root }: GitPlace,
  parent: string,
  depth: number,
): Promise<string[]> {
  if (depth === DEEPEST || !existsSync(join(root, '.gitmodules'))) return [];
  const dirty: string[] = [];
  for (const path of await submodulePaths(view)) {
    const place = submodulePlace(join(root, path));
    if (!place) continue;
    const { settings } = await readSettings(place.git_dir);
    if ((await workStatus(place, { settings, parent }, depth + 1)).dirty) dirty.push(path);
  }
  return dirty;
}

/** The paths that the index has a commit of another repository for. */
export async function submodulePaths(view: PrivateGit): Promise<string[]> {
  const { stdout } = await view.run(['ls-files', '-z', '--stage']);
  return records(stdout)
    .flatMap((line) => /^160000 \S+ \d\t(.*)$/s.exec(line)?.[1] ?? [])
    .map(decode);
}

/** A submodule with files in it; null for an empty folder. */
export function submodulePlace(root: string): GitPlace | null {
  if (!lstatSync(root, { throwIfNoEntry: false })?.isDirectory()) return null;
  const git_dir = gitDirOf(root);
  if (!git_dir || !existsSync(join(git_dir, 'HEAD'))) return null;
  const common = fileText(join(git_dir, 'commondir'))?.trim();
  return { root, git_dir, common_dir: common ? resolve(git_dir, common) : git_dir };
}

function gitDirOf(root: string): string | null {
  const dot = join(root, '.git');
  const found = lstatSync(dot, { throwIfNoEntry: false });
  if (found?.isDirectory()) return dot;
  const pointer = found?.isFile() ? /^gitdir: (.*)$/m.exec(fileText(dot) ?? '')?.[1] : undefined;
  return pointer === undefined ? null : resolve(root, pointer.trim());
}
