import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { git } from '../git.ts';

/** Bytes. A larger patch is left out: no reader wants it, and it would be kept in memory as a whole. */
export const PATCH_LIMIT = 256 * 1024 * 1024;

export const TreeChange = Type.Object({
  path: text,
  status: noted(
    oneOf(['A', 'M', 'D', 'R', 'T']),
    'Added, modified (content or mode), deleted, renamed (and perhaps modified), type changed (file, link, submodule).',
  ),
  old_path: Type.Optional(text),
  binary: flag,
  mode: noted(
    nullable(text),
    "Git's mode of the new side: 100644, 100755, 120000 (link), 160000 (repository); null when deleted.",
  ),
});
export type TreeChange = Static<typeof TreeChange>;

export interface TreeDiff {
  changes: TreeChange[];
  /** The patch with which `git apply --binary` turns the first tree into the second; null above PATCH_LIMIT. */
  patch: Buffer | null;
}

type Environment = Record<string, string>;

/** The differences between two git trees, independent of the user's diff settings. */
export async function compareTrees(
  root: string,
  from: string,
  to: string,
  env: Environment,
): Promise<TreeDiff> {
  const diff = await compare(root, ['-M', '-l1000', from, to], env);
  // `git apply` refuses to rename the link `a` to `a/b` ('beyond a symbolic link'), but accepts it as two changes.
  return renamesToFolder(diff.changes) ? compare(root, ['--no-renames', from, to], env) : diff;
}

function renamesToFolder(changes: readonly TreeChange[]): boolean {
  const left = new Set(changes.flatMap(({ old_path }) => old_path ?? []));
  if (left.size === 0) return false;
  return changes.some(({ path }) => {
    const parts = path.split('/');
    return parts.some((_, depth) => depth > 0 && left.has(parts.slice(0, depth).join('/')));
  });
}

async function compare(root: string, trees: readonly string[], env: Environment): Promise<TreeDiff> {
  const compared = ['--ignore-submodules=none', ...trees];
  const [listing, patch] = await Promise.all([
    git(root, ['diff-tree', '-r', '-z', '--raw', '--numstat', ...compared], { env }),
    writePatch(root, compared, env),
  ]);
  return { changes: parseListing(listing.stdout), patch };
}

async function writePatch(
  root: string,
  compared: readonly string[],
  env: Environment,
): Promise<Buffer | null> {
  const settings = ['-c', 'core.quotePath=false', '-c', 'diff.suppressBlankEmpty=false'];
  const shape = ['-p', '--binary', '--full-index', '--no-ext-diff', '--no-textconv', '--no-color'];
  const prefixes = ['--src-prefix=a/', '--dst-prefix=b/'];
  try {
    const args = [...settings, 'diff-tree', ...shape, ...prefixes, ...compared];
    return (await git(root, args, { env, maxBytes: PATCH_LIMIT })).stdout;
  } catch (error) {
    if (error instanceof AgentPoolError && error.code === 'GIT_TOO_MUCH') return null;
    throw error;
  }
}

/** Parses `--raw --numstat -z`: first `:mode mode oid oid S` with one or two paths for all files, then the counts. */
function parseListing(listing: Buffer): TreeChange[] {
  const tokens = listing.toString('utf8').split('\0');
  const changes: TreeChange[] = [];
  let at = 0;
  while (tokens[at]?.startsWith(':')) {
    const [, mode = '', , , state = ''] = (tokens[at] ?? '').split(' ');
    const status = state.charAt(0) as TreeChange['status'];
    const first = tokens[at + 1] ?? '';
    const renamed = status === 'R';
    const change = { status, binary: false, mode: status === 'D' ? null : mode };
    changes.push(
      renamed ? { path: tokens[at + 2] ?? '', old_path: first, ...change } : { path: first, ...change },
    );
    at += renamed ? 3 : 2;
  }
  const binary = new Set<string>();
  while (tokens[at]) {
    // Not split at every tab: a path may contain one.
    const [, added = '', path = ''] = /^(\S+)\t\S+\t(.*)$/s.exec(tokens[at] ?? '') ?? [];
    // A rename has its two paths after the counts.
    const name = path === '' ? (tokens[at + 2] ?? '') : path;
    if (added === '-') binary.add(name);
    at += path === '' ? 3 : 1;
  }
  return changes.map((change) => ({ ...change, binary: binary.has(change.path) }));
}
