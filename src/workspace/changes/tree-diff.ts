import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import type { PrivateGit } from '../git/private-git.ts';
import { decode, records } from './scan.ts';

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

/** The differences between two git trees. */
export async function compareTrees(view: PrivateGit, from: string, to: string): Promise<TreeDiff> {
  const diff = await compare(view, ['-M', '-l1000', from, to]);
  // `git apply` refuses to rename the link `a` to `a/b` ('beyond a symbolic link'), but accepts it as two changes.
  return renamesToFolder(diff.changes) ? compare(view, ['--no-renames', from, to]) : diff;
}

/** Whether a patch turns one tree into the other. The index of the private git folder has `to` afterwards, or `from`. */
export async function turnsInto(view: PrivateGit, from: string, patch: Buffer, to: string): Promise<boolean> {
  const env = { GIT_INDEX_FILE: `${view.index}.tried` };
  await view.run(['read-tree', from], { env });
  const flags = ['--cached', '--binary', '--whitespace=nowarn', '-'];
  const applied = await view.run(['apply', ...flags], { env, input: patch, accept: [0, 1, 128] });
  if (applied.code !== 0) return false;
  return (await view.run(['write-tree'], { env })).stdout.toString().trim() === to;
}

/** The differences between an earlier index and the current one, for which no object has to exist. */
export async function compareIndexes(view: PrivateGit, earlier: string): Promise<TreeChange[]> {
  const [before, now] = await Promise.all([entriesOf(view, earlier), entriesOf(view, view.index)]);
  return [...new Set([...before.keys(), ...now.keys()])].sort().flatMap((path): TreeChange[] => {
    const [old, present] = [before.get(path), now.get(path)];
    if (old === present) return [];
    const mode = present?.slice(0, 6) ?? null;
    const status = old === undefined ? 'A' : mode === null ? 'D' : kind(old) === kind(mode) ? 'M' : 'T';
    return [{ path, status, binary: false, mode }];
  });
}

const kind = (mode: string): string => mode.slice(0, 3);

/** Path -> mode and object. */
async function entriesOf(view: PrivateGit, index: string): Promise<Map<string, string>> {
  const { stdout } = await view.run(['ls-files', '-z', '--stage'], { env: { GIT_INDEX_FILE: index } });
  return new Map(
    records(stdout).map((line) => {
      const [, entry = '', path = ''] = /^(\d+ \S+) \d\t(.*)$/s.exec(line) ?? [];
      return [decode(path), entry];
    }),
  );
}

function renamesToFolder(changes: readonly TreeChange[]): boolean {
  const left = new Set(changes.flatMap(({ old_path }) => old_path ?? []));
  if (left.size === 0) return false;
  return changes.some(({ path }) => {
    const parts = path.split('/');
    return parts.some((_, depth) => depth > 0 && left.has(parts.slice(0, depth).join('/')));
  });
}

async function compare(view: PrivateGit, trees: readonly string[]): Promise<TreeDiff> {
  const compared = ['--ignore-submodules=none', ...trees];
  const [listing, patch] = await Promise.all([
    view.run(['diff-tree', '-r', '-z', '--raw', '--numstat', '--no-textconv', ...compared]),
    writePatch(view, compared),
  ]);
  return { changes: parseListing(listing.stdout), patch };
}

async function writePatch(view: PrivateGit, compared: readonly string[]): Promise<Buffer | null> {
  const shape = ['-p', '--binary', '--full-index', '--no-ext-diff', '--no-textconv', '--no-color'];
  const prefixes = ['--src-prefix=a/', '--dst-prefix=b/'];
  try {
    const args = ['diff-tree', ...shape, ...prefixes, ...compared];
    return (await view.run(args, { maxBytes: PATCH_LIMIT })).stdout;
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
