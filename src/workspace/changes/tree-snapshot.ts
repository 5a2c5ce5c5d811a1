import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { type GitCall, git, gitText, type Repository } from '../git.ts';

/** The folder for a snapshot's objects, and folders of objects that it may build on. */
export interface ObjectStore {
  objects: string;
  alternates: readonly string[];
}

export interface Snapshot {
  /** Git tree of the whole work tree: tracked and untracked files as they are on disk, without ignored ones. */
  tree: string;
  /** What could not be read, in git's words. */
  warnings: string[];
}

const SETTINGS = [
  // Would be written into the user's git folder, or apply to the user's own index.
  ...['core.splitIndex=false', 'core.untrackedCache=false'],
  // Written once, read once, then discarded.
  ...['core.looseCompression=0', 'core.safecrlf=false', 'advice.addEmbeddedRepo=false'],
].flatMap((setting) => ['-c', setting]);

/**
 * Records a work tree without touching it or its index: into a copy of the index, which saves reading every file again,
 * and into a separate object store, so that no user file ends up in the repository. `remembered` is a tree whose files
 * are included even when they are ignored by now.
 */
export async function snapshotWorkTree(
  repository: Repository,
  store: ObjectStore,
  remembered: string | null = null,
): Promise<Snapshot> {
  const scratch = await mkdtemp(join(tmpdir(), 'agentpool-index-'));
  try {
    const index = join(scratch, 'index');
    await copyIndex(join(repository.git_dir, 'index'), index);
    const env = { ...storeEnvironment(repository, store), GIT_INDEX_FILE: index };
    if (remembered) await keepRemembered(repository.root, remembered, env);
    const warnings = await addEverything(repository, env);
    const tree = await gitText(repository.root, [...SETTINGS, 'write-tree'], { env });
    return { tree, warnings };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The environment in which a git command uses a store's objects, in addition to those of the repository. */
export function storeEnvironment(repository: Repository, store: ObjectStore): Record<string, string> {
  const alternates = [join(repository.common_dir, 'objects'), ...store.alternates];
  return {
    GIT_OBJECT_DIRECTORY: store.objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates.map(quoted).join(delimiter),
  };
}

// Git parses a quoted path like a C string; an unquoted path with a colon would count as two.
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}

async function copyIndex(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await copyFile(from, to);
  // Git trusts an entry's times only when they are older than the index file. A copy looks newer than it is, and a file
  // changed right after the last `git add` would count as unchanged.
  const { mtimeMs } = await stat(from);
  const notLater = (mtimeMs - 1) / 1000;
  await utimes(to, notLater, notLater);
}

/** A file that was untracked at the baseline and is ignored now would count as deleted. */
async function keepRemembered(root: string, tree: string, env: Record<string, string>): Promise<void> {
  const gone = await git(root, ['diff-index', '--cached', '-z', '--diff-filter=D', tree], { env });
  const tokens = gone.stdout.toString('latin1').split('\0');
  const lines: string[] = [];
  for (let at = 0; at + 1 < tokens.length; at += 2) {
    const [mode = '', , oid = ''] = (tokens[at] ?? '').slice(1).split(' ');
    const path = tokens[at + 1] ?? '';
    const existing = await lstat(join(root, decode(path))).catch(() => null);
    if (existing) lines.push(`${mode} ${oid}\t${path}\0`);
  }
  if (lines.length === 0) return;
  const input = Buffer.from(lines.join(''), 'latin1');
  await git(root, [...SETTINGS, 'update-index', '-z', '--replace', '--index-info'], { env, input });
}

// Paths are bytes; latin1 preserves them, and only access to the disk needs UTF-8.
function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

async function addEverything(repository: Repository, env: Record<string, string>): Promise<string[]> {
  const sparse = existsSync(join(repository.git_dir, 'info', 'sparse-checkout')) ? ['--sparse'] : [];
  // 1: some file could not be read. The rest is still useful, and the warnings name the file.
  const call: GitCall = { env, accept: [0, 1] };
  const { stderr } = await git(
    repository.root,
    [...SETTINGS, 'add', '--all', '--ignore-errors', ...sparse],
    call,
  );
  if (/No space left|quota exceeded/i.test(stderr)) {
    const message = `No space left to record the state of ${repository.root}.`;
    throw new AgentPoolError('STORAGE_FULL', message, { path: env.GIT_OBJECT_DIRECTORY, example: 'df -h' });
  }
  return stderr.split('\n').flatMap((line) => /^error: (.*)$/.exec(line)?.[1] ?? []);
}
