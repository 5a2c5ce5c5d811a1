import { readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { processEnvironment } from '../../lib/process/environment.ts';
import { identity } from '../../lib/process/processes.ts';
import { type GitCall, type GitResult, git } from './call.ts';

/** Settings of a repository that change what its files mean to git, and run nothing. By lower-case name. */
export type GitSettings = Readonly<Record<string, string>>;

const COPIED = [
  ...['core.autocrlf', 'core.eol', 'core.filemode', 'core.symlinks', 'core.ignorecase'],
  ...['core.precomposeunicode', 'core.protecthfs', 'core.protectntfs', 'core.checkroundtripencoding'],
  ...['core.excludesfile', 'core.attributesfile', 'core.sparsecheckout', 'core.sparsecheckoutcone'],
  ...['extensions.objectformat'],
] as const;

/** A work tree, and the git folders that it was planned with. */
export interface GitPlace {
  root: string;
  git_dir: string;
  common_dir: string;
}

/** What the settings of a repository say. */
export interface RepositorySettings {
  settings: GitSettings;
  /** The names of filters, which a private git folder does not run. */
  filters: string[];
  /** Where its hooks are, if not in its git folder. */
  hooks: string | null;
  /** Where a clone without all objects gets the missing ones from. */
  promisor: Promisor | null;
}

export interface Promisor {
  remote: string;
  url: string;
}

/** The settings that are in force in a git folder. */
export const readSettings = (gitDir: string): Promise<RepositorySettings> =>
  settingsOf(gitDir, ['--git-dir', gitDir]);

/** The same for a folder of a work tree, whose git folder need not be known. */
export const readSettingsIn = (folder: string): Promise<RepositorySettings> => settingsOf(folder, []);

async function settingsOf(cwd: string, named: readonly string[]): Promise<RepositorySettings> {
  const answer = await git(cwd, [...named, 'config', '--list', '-z', '--show-scope'], {
    accept: [0, 1, 128],
  });
  const all = new Map<string, string>();
  const fields = answer.stdout.toString().split('\0');
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // The settings of our own call have the scope `command`.
    if (fields[at] === 'command') continue;
    const entry = fields[at + 1] ?? '';
    const end = entry.indexOf('\n');
    all.set(end < 0 ? entry : entry.slice(0, end), end < 0 ? 'true' : entry.slice(end + 1));
  }
  const settings = Object.fromEntries(
    COPIED.flatMap((name) => (all.has(name) ? [[name, all.get(name) ?? '']] : [])),
  );
  const filters = [...all.keys()].flatMap(
    (name) => /^filter\.(.+)\.(?:smudge|process)$/.exec(name)?.[1] ?? [],
  );
  const remote = all.get('extensions.partialclone');
  const url = remote === undefined ? undefined : all.get(`remote.${remote}.url`);
  return {
    settings,
    filters: [...new Set(filters)],
    hooks: all.get('core.hookspath') ?? null,
    promisor:
      remote !== undefined && /^[\w.-]+$/.test(remote) && url !== undefined && NETWORK.test(url)
        ? { remote, url }
        : null,
  };
}

// The kinds of addresses for which git runs no program that the settings of a repository name.
const NETWORK = /^(https|ssh):\/\/[^\n"\\]*$|^[\w.-]+@[\w.-]+:[^\n"\\]*$/;

export interface PrivateGit {
  /** Runs a git command on the work tree, with the private folder in the place of the repository's. */
  run(args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** The index of the commands, which may be written to. */
  index: string;
  /** Where new objects go. */
  objects: string;
  close(): Promise<void>;
}

export interface PrivateGitOptions {
  settings: GitSettings;
  /** The index to start from; a missing one is an empty index. */
  index?: string;
  /** The index itself in place of a copy. */
  inPlace?: boolean;
  /** Folders of objects beside those of the repository. */
  alternates?: readonly string[];
  /** A folder of ours that it is made in, so that what a killed process leaves goes with it. */
  parent: string;
  /** Fetches missing objects into the repository. */
  promisor?: Promisor | null;
}

/**
 * Makes a git folder of our own beside a work tree, so that git compares and writes its files without the settings, the
 * hooks, the filters and the attributes that a worker may have put into the repository: none of them is read. Objects are
 * read from the repository, and written into the private folder.
 */
export async function openPrivateGit(place: GitPlace, options: PrivateGitOptions): Promise<PrivateGit> {
  await sweep(options.parent);
  const folder = await mkdtemp(join(options.parent, `${PREFIX}${process.pid}-`));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const objects = join(folder, 'objects');
    await Promise.all([
      mkdir(objects),
      mkdir(join(folder, 'refs')),
      mkdir(join(folder, 'info')),
      writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n'),
      writeFile(join(folder, 'config'), configFile(options.settings, options.promisor ?? null)),
    ]);
    await copyInfo(place, folder);
    const index = options.inPlace && options.index ? options.index : join(folder, 'index');
    if (options.index && !options.inPlace) await copyIndex(options.index, index, place.git_dir, folder);
    const alternates = [join(place.common_dir, 'objects'), ...(options.alternates ?? [])];
    const env = {
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: options.promisor ? join(place.common_dir, 'objects') : objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates.map(quoted).join(delimiter),
      ...(options.promisor ? FETCHING : {}),
    };
    const named = ['--git-dir', folder, '--work-tree', place.root];
    const run = (args: readonly string[], call: GitCall = {}) =>
      git(place.root, [...named, ...args], { ...call, env: { ...env, ...call.env } });
    return { run, index, objects, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const FETCHING = { GIT_NO_LAZY_FETCH: '0', GIT_ALLOW_PROTOCOL: 'https:ssh' };

const PREFIX = 'agentpool-git-';

/** Removes what processes left that were killed: objects of files that are in no commit. */
async function sweep(parent: string): Promise<void> {
  await Promise.all(leftPrivateGits(parent).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** The private git folders in a folder of ours whose process is gone. */
export const leftPrivateGits = (parent: string): string[] =>
  readdirSync(parent)
    .filter((name) => {
      const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : 0;
      return pid > 0 && pid !== process.pid && identity(pid) === null;
    })
    .map((name) => join(parent, name));

function configFile(settings: GitSettings, promisor: Promisor | null): string {
  const format = settings['extensions.objectformat'];
  const values: Record<string, string> = {
    'core.bare': 'false',
    'core.repositoryformatversion': format || promisor ? '1' : '0',
    // Written once, read once, then discarded.
    'core.loosecompression': '0',
    'core.fsync': 'none',
    'core.safecrlf': 'false',
    'core.quotepath': 'false',
    'core.splitindex': 'false',
    'core.untrackedcache': 'false',
    'diff.suppressblankempty': 'false',
    ...userFiles(),
    ...settings,
  };
  const remote = promisor
    ? `[extensions]\n\tpartialClone = "${promisor.remote}"\n[remote "${promisor.remote}"]\n\turl = "${promisor.url}"\n\tpromisor = true\n\tpartialclonefilter = blob:none\n`
    : '';
  return Object.entries(values)
    .map(([name, value]) => {
      const [section = '', key = ''] = name.split('.');
      return `[${section}]\n\t${key} = "${homeOf(value).replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"\n`;
    })
    .concat(remote)
    .join('');
}

// Git's own defaults, which depend on a home that a private git folder does not have.
function userFiles(): Record<string, string> {
  const { XDG_CONFIG_HOME, HOME } = processEnvironment();
  const folder = join(XDG_CONFIG_HOME || join(HOME || homedir(), '.config'), 'git');
  return { 'core.excludesfile': join(folder, 'ignore'), 'core.attributesfile': join(folder, 'attributes') };
}

const homeOf = (path: string): string =>
  path.startsWith('~/') ? join(processEnvironment().HOME || homedir(), path.slice(2)) : path;

/** The user's own list of ignored files, attributes (no filter runs by them here), and the shape of a sparse checkout. */
async function copyInfo({ git_dir, common_dir }: GitPlace, folder: string): Promise<void> {
  const copies = [
    [join(common_dir, 'info', 'exclude'), 'exclude'],
    [join(common_dir, 'info', 'attributes'), 'attributes'],
    [join(git_dir, 'info', 'sparse-checkout'), 'sparse-checkout'],
  ] as const;
  await Promise.all(copies.map(([from, name]) => unlessMissing(copyFile(from, join(folder, 'info', name)))));
}

async function copyIndex(from: string, to: string, gitDir: string, folder: string): Promise<void> {
  const found = await stat(from).catch(() => null);
  if (!found) return;
  await copyFile(from, to);
  // Git trusts an entry's times only when they are older than the index file. A copy looks newer than it is, and a file
  // changed right after the last `git add` would count as unchanged.
  const notLater = (found.mtimeMs - 1) / 1000;
  await utimes(to, notLater, notLater);
  // A split index names a second file beside it.
  const shared = (await readdir(gitDir).catch(() => [])).filter((name) => name.startsWith('sharedindex.'));
  await Promise.all(shared.map((name) => unlessMissing(copyFile(join(gitDir, name), join(folder, name)))));
}

async function unlessMissing(work: Promise<unknown>): Promise<void> {
  await work.catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
  });
}

// Git parses a quoted path like a C string; an unquoted path with a colon would count as two.
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}
