import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { firstNames } from '../../lib/text/counted.ts';
import { shell } from '../../lib/text/shell.ts';
import { submodulePlace } from '../changes/work-status.ts';
import { git } from '../git/call.ts';
import type { GitPlace } from '../git/private-git.ts';
import { type Checkout, checkOut, type Submodule } from './checkout.ts';

/** Submodules in submodules; a repository could make a chain without an end. */
const DEEPEST = 8;

/**
 * Fills the submodules of a new worktree from those of the work trees `from`, the first that has each, without the network: each gets a git folder
 * of its own in that of the worktree, which reads the objects of the other one. Returns what a plain checkout would have
 * done and this one did not, with the submodules that none of them has.
 */
export async function fillSubmodules(
  from: readonly string[],
  checkout: Checkout,
  depth = 0,
): Promise<string[]> {
  const { place, submodules } = checkout;
  if (submodules.length === 0) return [];
  const warnings: string[] = [];
  const empty: string[] = [];
  for (const submodule of submodules) {
    const source = depth < DEEPEST ? await sourceOf(from, submodule) : null;
    if (source === null) empty.push(submodule.path);
    else {
      const made = await makeSubmodule(place, submodule, source);
      const filled = await checkOut(made, submodule.commit);
      const below = await fillSubmodules([source.root], filled, depth + 1);
      warnings.push(...[...filled.warnings, ...below].map((warning) => `${submodule.path}: ${warning}`));
    }
  }
  return [...warnings, ...emptyWarnings(place, empty)];
}

function emptyWarnings({ root }: GitPlace, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const fill = shell`git -C ${root} submodule update --init`;
  const which = paths.length === 1 ? 'the submodule' : 'the submodules';
  return [
    `${which} ${firstNames(paths, 3)} ${paths.length === 1 ? 'is' : 'are'} empty in a new worktree: the commit is not on this machine. Type: ${fill}`,
  ];
}

/** The submodule of the first of some work trees that has its commit. */
async function sourceOf(from: readonly string[], { path, commit }: Submodule): Promise<GitPlace | null> {
  for (const root of from) {
    const source = submodulePlace(join(root, path));
    if (source === null) continue;
    const words = ['--git-dir', source.git_dir, 'cat-file', '-e', `${commit}^{tree}`];
    if ((await git(source.git_dir, words, { accept: [0, 1, 128] })).code === 0) return source;
  }
  return null;
}

/**
 * By hand, since `git clone` would run what the settings of the source name. The commit has a name as if it came from a
 * remote: a cleanup asks for commits that are nowhere else.
 */
async function makeSubmodule(
  worktree: GitPlace,
  { path, commit }: Submodule,
  source: GitPlace,
): Promise<GitPlace> {
  const root = join(worktree.root, path);
  const git_dir = join(worktree.git_dir, 'modules', path);
  const url = await git(
    source.git_dir,
    ['--git-dir', source.git_dir, 'config', '--get', 'remote.origin.url'],
    {
      accept: [0, 1],
    },
  );
  const format =
    commit.length === 64 ? { version: 1, more: '[extensions]\n\tobjectFormat = sha256\n' } : null;
  const config = [
    `[core]\n\trepositoryformatversion = ${format?.version ?? 0}\n\tbare = false\n\tworktree = ${quoted(relative(git_dir, root))}\n`,
    format?.more ?? '',
    remote(url.stdout.toString().trim()),
  ].join('');
  await Promise.all(
    ['objects/info', 'refs/heads', 'refs/remotes/agentpool', 'info'].map((name) =>
      mkdir(join(git_dir, name), { recursive: true }),
    ),
  );
  await mkdir(root, { recursive: true });
  await writeFile(join(git_dir, 'objects/info/alternates'), `${join(source.common_dir, 'objects')}\n`);
  await writeFile(join(git_dir, 'config'), config);
  await writeFile(join(git_dir, 'refs/remotes/agentpool/start'), `${commit}\n`);
  await writeFile(join(git_dir, 'HEAD'), `${commit}\n`);
  if (!existsSync(join(root, '.git')))
    await writeFile(join(root, '.git'), `gitdir: ${relative(root, git_dir)}\n`, { flag: 'wx' });
  return { root, git_dir, common_dir: git_dir };
}

const remote = (url: string): string =>
  url === '' || url.includes('\n')
    ? ''
    : `[remote "origin"]\n\turl = ${quoted(url)}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
