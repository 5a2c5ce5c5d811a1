import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { firstNames } from '../../lib/text/counted.ts';
import { shell } from '../../lib/text/shell.ts';
import { decode, records } from '../changes/scan.ts';
import { gitText } from '../git/call.ts';
import {
  type GitPlace,
  type GitSettings,
  openPrivateGit,
  type PrivateGit,
  readSettings,
} from '../git/private-git.ts';

/** A repository inside of a work tree, and the commit of it that belongs there. */
export interface Submodule {
  path: string;
  commit: string;
}

/** A new work tree, before anything has run in it. */
export interface Checkout {
  place: GitPlace;
  commit: string;
  tree: string;
  settings: GitSettings;
  /** They are empty. */
  submodules: Submodule[];
  /** What a plain `git worktree add` would have done and this one did not. */
  warnings: string[];
}

/**
 * Writes the files of a commit into a new worktree and its index. A worker of an earlier session may have written to the
 * settings that all worktrees share: no filter that they name runs, and no hook.
 */
export async function checkOut(place: GitPlace, commit: string): Promise<Checkout> {
  const [{ settings, filters, hooks, promisor }, tree] = await Promise.all([
    readSettings(place.git_dir),
    gitText(place.git_dir, ['--git-dir', place.git_dir, 'rev-parse', `${commit}^{tree}`]),
  ]);
  const index = join(place.git_dir, 'index');
  const view = await openPrivateGit(place, {
    settings,
    index,
    inPlace: true,
    promisor,
    parent: place.git_dir,
  });
  try {
    await view.run(['read-tree', '--reset', '-u', commit]);
    const warnings = [...hookWarnings(place, hooks), ...(await filterWarnings(view, place, filters))];
    return { place, commit, tree, settings, warnings, submodules: await submodulesIn(view, place) };
  } finally {
    await view.close();
  }
}

function hookWarnings({ root, common_dir }: GitPlace, configured: string | null): string[] {
  const hook = join(configured ? resolve(root, configured) : join(common_dir, 'hooks'), 'post-checkout');
  try {
    accessSync(hook, constants.X_OK);
    return ['the post-checkout hook was not run: AgentPool runs no program that a repository names'];
  } catch {
    return [];
  }
}

async function filterWarnings(view: PrivateGit, { root }: GitPlace, filters: string[]): Promise<string[]> {
  const named = filters.filter((name) => /^[\w-]+$/.test(name));
  if (named.length === 0) return [];
  const { stdout } = await view.run([
    'ls-files',
    '-z',
    '--',
    ...named.map((name) => `:(attr:filter=${name})`),
  ]);
  const files = records(stdout).map(decode);
  if (files.length === 0) return [];
  const what = `${firstNames(files, 3)} ${files.length === 1 ? 'is' : 'are'} as stored in the repository`;
  const how = shell`git -C ${root} lfs pull`;
  return [`${what}: their filter (${named.join(', ')}) was not run. For Git LFS, type: ${how}`];
}

async function submodulesIn(view: PrivateGit, { root }: GitPlace): Promise<Submodule[]> {
  if (!existsSync(join(root, '.gitmodules'))) return [];
  const { stdout } = await view.run(['ls-files', '-z', '--stage']);
  return records(stdout).flatMap((line) => {
    const [, commit = '', path = ''] = /^160000 (\S+) \d\t(.*)$/s.exec(line) ?? [];
    return path === '' ? [] : [{ path: decode(path), commit }];
  });
}
