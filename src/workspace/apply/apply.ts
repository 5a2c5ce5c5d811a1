import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { AgentPoolError } from '../../lib/errors.ts';
import { storing } from '../../lib/files/private-files.ts';
import { firstNames } from '../../lib/text/counted.ts';
import { stampOf } from '../changes/folder-manifest.ts';
import type { PatchFile } from '../changes/patch-files.ts';
import { decode, records, revealAll } from '../changes/scan.ts';
import { PATCH_LIMIT } from '../changes/tree-diff.ts';
import { snapshot } from '../changes/tree-snapshot.ts';
import { type GitPlace, openPrivateGit, type PrivateGit, readSettings } from '../git/private-git.ts';
import { type Conflict, conflictsIn } from './conflicts.ts';
import { leadsOut } from './links.ts';
import { openSwap, type Swap, type SwapStep } from './swap.ts';

export interface ApplyRequest {
  patch: Buffer;
  /** The files of the patch, see `patchFiles`. */
  files: readonly PatchFile[];
  /** Merge where lines do not fit, by the files that the worker started from. */
  threeWay: boolean;
  /** Try it, and change nothing. */
  check: boolean;
  /** Folders with objects of those files, beside the repository. */
  alternates: readonly string[];
  /** A folder of ours for the private git folder. */
  parent: string;
}

/** What was not done as git would have done it. */
export interface ApplyOutcome {
  warnings: string[];
}

/**
 * Takes a patch into a work tree: its files change, and nothing else does, neither its index nor its commits. All files
 * change or none. The patch is applied in a private git folder, to the files on disk, and the results are moved into place.
 * No hook and no filter runs. Throws PATCH_CONFLICT (with where it does not apply), PATCH_UNSAFE (it would write through
 * a link, or make one that leads out), PATCH_BUSY, STORAGE_*.
 */
export async function applyPatch(place: GitPlace, request: ApplyRequest): Promise<ApplyOutcome> {
  const swap = await storing(place.git_dir, async () => openSwap(place.root, place.git_dir));
  try {
    return await applyThrough(swap, place, request);
  } finally {
    swap.close();
  }
}

async function applyThrough(swap: Swap, place: GitPlace, request: ApplyRequest): Promise<ApplyOutcome> {
  const { settings, filters } = await readSettings(place.git_dir);
  const { parent, alternates } = request;
  const index = `${place.git_dir}/index`;
  const view = await openPrivateGit(place, { settings, index, alternates, parent });
  try {
    const named = namesOf(request.files);
    const before = new Map(named.map((path) => [path, stampOf(at(place.root, path))]));
    throughLinks(place.root, request.files);
    const old = await readFilesOf(view, place, request.files);
    await applyToIndex(view, place, request);
    const now = await entriesOf(view, named);
    const changed = named.filter((path) => old.get(path) !== now.get(path));
    const isRepository = (path: string) => [old, now].some((each) => each.get(path)?.startsWith('160000'));
    const steps = changed
      .filter((path) => !isRepository(path))
      .map((path): SwapStep => ({ path, writes: now.has(path) }));
    await writeFiles(view, swap.fresh, steps);
    refuseLinks(place.root, swap.fresh, steps);
    const warnings = [
      ...repositoryWarnings(changed.filter(isRepository)),
      ...(await filterWarnings(view, steps, filters)),
    ];
    if (request.check) return { warnings };
    throughLinks(place.root, request.files);
    refuseChanged(place.root, before);
    await storing(place.root, async () => swap.commit(steps));
    return { warnings };
  } finally {
    await view.close();
  }
}

/** Paths are bytes, as latin1 text, from here on. */
const encode = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');

const at = (root: string, path: string): string => `${root}/${decode(path)}`;

const namesOf = (files: readonly PatchFile[]): string[] => [
  ...new Set(files.flatMap(({ path, old_path }) => [path, ...(old_path ? [old_path] : [])]).map(encode)),
];

/** Brings the entries of the files of a patch in the private index up to what is on disk; returns them. */
export function readFilesOf(
  view: PrivateGit,
  place: GitPlace,
  files: readonly PatchFile[],
): Promise<Map<string, string>> {
  const folders = replacedFolders(place.root, files);
  return readFiles(
    view,
    place,
    namesOf(files).filter((path) => !folders.has(path)),
  );
}

/** Brings the entries of these files in the private index up to what is on disk; returns them. */
async function readFiles(
  view: PrivateGit,
  { root }: GitPlace,
  paths: readonly string[],
): Promise<Map<string, string>> {
  await dropUnmerged(view);
  await revealAll(view, root);
  const { warnings, large } = await snapshot(view, root, paths, {
    limits: { file: PATCH_LIMIT, total: PATCH_LIMIT, files: Number.POSITIVE_INFINITY },
    drop: false,
  });
  const unread = [
    ...warnings.map((reason) => ({ path: '', line: null, reason })),
    ...Object.keys(large).map((path) => ({ path, line: null, reason: 'it is too large to be compared' })),
  ];
  if (unread.length > 0) throw conflict(root, unread);
  return entriesOf(view, paths);
}

/** Files in the middle of a merge: no tree can be written with them, and only those on disk count here. */
async function dropUnmerged(view: PrivateGit): Promise<void> {
  const { stdout } = await view.run(['ls-files', '-z', '--unmerged']);
  const paths = records(stdout).flatMap((line) => /^\d+ \S+ \d\t(.*)$/s.exec(line)?.[1] ?? []);
  if (paths.length === 0) return;
  const input = Buffer.from([...new Set(paths)].map((path) => `${path}\0`).join(''), 'latin1');
  await view.run(['update-index', '-z', '--force-remove', '--stdin'], { input });
}

/** Path -> mode and object, of these paths. */
async function entriesOf(view: PrivateGit, paths: readonly string[]): Promise<Map<string, string>> {
  const wanted = new Set(paths);
  const { stdout } = await view.run(['ls-files', '-z', '--stage']);
  return new Map(
    records(stdout).flatMap((line) => {
      const [, entry = '', path = ''] = /^(\d+ \S+) \d\t(.*)$/s.exec(line) ?? [];
      return wanted.has(path) ? [[path, entry] as const] : [];
    }),
  );
}

async function applyToIndex(view: PrivateGit, { root }: GitPlace, request: ApplyRequest): Promise<void> {
  const { patch, files, threeWay } = request;
  const flags = ['--cached', '--binary', '--whitespace=nowarn'];
  const words = ['apply', ...flags, ...(threeWay ? ['--3way'] : []), '-'];
  const answer = await view.run(words, { input: patch, accept: [0, 1, 128] });
  if (answer.code === 0) return;
  const unmerged = (await view.run(['ls-files', '-z', '--unmerged'])).stdout;
  const both = records(unmerged).flatMap((line) => /^\d+ \S+ \d\t(.*)$/s.exec(line)?.[1] ?? []);
  const found: Conflict[] = both.length
    ? [...new Set(both)].map((path) => ({
        path: decode(path),
        line: null,
        reason: 'it was changed here and by the worker, in the same lines',
      }))
    : conflictsIn(answer.stderr, [
        ...new Set(files.flatMap(({ path, old_path }) => [old_path ?? path, path])),
      ]);
  const isApplied = !threeWay && (await isIn(view, patch));
  throw conflict(root, found, { stderr: answer.stderr.trim(), isApplied });
}

/** Whether the files already are as the patch would make them. */
export async function isIn(view: PrivateGit, patch: Buffer): Promise<boolean> {
  const words = ['apply', '--cached', '--check', '--reverse', '--binary', '--whitespace=nowarn', '-'];
  return (await view.run(words, { input: patch, accept: [0, 1, 128] })).code === 0;
}

function conflict(
  root: string,
  conflicts: readonly Conflict[],
  { stderr = '', isApplied = false }: { stderr?: string; isApplied?: boolean } = {},
): AgentPoolError {
  const where = conflicts.map(
    ({ path, line, reason }) => `${path}${line === null ? '' : `:${line}`}${path && ': '}${reason}`,
  );
  const reasons = where.length > 0 ? firstNames(where, 5) : stderr;
  const message = isApplied
    ? `The patch is in ${root} already: its files are as the worker left them.`
    : `The patch does not apply in ${root}, and nothing was changed. ${reasons}`;
  return new AgentPoolError('PATCH_CONFLICT', message, { repo: root, conflicts, already_applied: isApplied });
}

/**
 * The folders that the patch empties and replaces by a file. Any other folder in the place of a file is a conflict, which
 * git would not see: it looks at its index alone, and that knows no ignored files.
 */
function replacedFolders(root: string, files: readonly PatchFile[]): Set<string> {
  const gone = [...goneIn(files)];
  const folders = files
    .flatMap(({ path, old_path }) => [path, ...(old_path ? [old_path] : [])])
    .filter((path) => kindOf(`${root}/${path}`) === 'folder' && !existsSync(`${root}/${path}/.git`));
  const isReplaced = (path: string) => gone.some((each) => each.startsWith(`${path}/`));
  const inTheWay = [...new Set(folders)].filter((path) => !isReplaced(path));
  const reason = 'a folder is in its place';
  if (inTheWay.length > 0)
    throw conflict(
      root,
      inTheWay.map((path) => ({ path, line: null, reason })),
    );
  return new Set(folders.map(encode));
}

/** The names that files have no longer when the patch is applied. */
const goneIn = (files: readonly PatchFile[]): Set<string> =>
  new Set(files.flatMap(({ path, status, old_path }) => (status === 'D' ? path : (old_path ?? []))));

function kindOf(path: string): 'folder' | 'link' | 'file' | null {
  try {
    const found = lstatSync(path);
    return found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file';
  } catch {
    return null;
  }
}

/** A folder of the caller may be a link: what the patch has for it would be written to wherever that leads. */
function throughLinks(root: string, files: readonly PatchFile[]): void {
  const removed = goneIn(files);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    const above = parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
    const link = above.find((each) => !removed.has(each) && kindOf(`${root}/${each}`) === 'link');
    if (link !== undefined)
      throw unsafe(root, `${link} is a link, and ${path} would be written where it leads`);
  }
}

const unsafe = (root: string, why: string) =>
  new AgentPoolError('PATCH_UNSAFE', `The patch is not applied in ${root}: ${why}.`, { repo: root });

/** The new files in `folder`, each by its path, as this repository has them on disk: with its line ends, without filters. */
async function writeFiles(view: PrivateGit, folder: string, steps: readonly SwapStep[]): Promise<void> {
  const paths = steps.filter(({ writes }) => writes).map(({ path }) => `${path}\0`);
  if (paths.length === 0) return;
  const input = Buffer.from(paths.join(''), 'latin1');
  await view.run(['checkout-index', '-z', '--stdin', `--prefix=${folder}/`], { input });
}

function refuseLinks(root: string, fresh: string, steps: readonly SwapStep[]): void {
  const written = new Map(steps.map(({ path, writes }) => [decode(path), writes]));
  const linkAt = (path: string): string | null => {
    const writes = written.get(path);
    return writes === false ? null : targetOf(writes ? `${fresh}/${path}` : `${root}/${path}`);
  };
  for (const [path, writes] of written) {
    if (writes && leadsOut(path, linkAt))
      throw unsafe(root, `${path} is a link that leads out of the repository, to ${linkAt(path)}`);
  }
}

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function refuseChanged(root: string, before: ReadonlyMap<string, string | null>): void {
  const changed = [...before].filter(([path, stamp]) => stampOf(at(root, path)) !== stamp);
  if (changed.length === 0) return;
  throw conflict(
    root,
    changed.map(([path]) => ({ path: decode(path), line: null, reason: 'it was changed a moment ago' })),
  );
}

function repositoryWarnings(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const names = firstNames(paths.map(decode), 3);
  return [`${names}: the commit of a repository inside of this one is not applied; check it out there`];
}

async function filterWarnings(
  view: PrivateGit,
  steps: readonly SwapStep[],
  filters: readonly string[],
): Promise<string[]> {
  if (filters.length === 0 || steps.length === 0) return [];
  const input = Buffer.from(steps.map(({ path }) => `${path}\0`).join(''), 'latin1');
  const { stdout } = await view.run(['check-attr', '-z', '--stdin', 'filter'], { input });
  const fields = records(stdout);
  const filtered = steps.flatMap((_, index) => {
    const [path = '', , name = ''] = fields.slice(3 * index, 3 * index + 3);
    return filters.includes(decode(name)) ? [decode(path)] : [];
  });
  if (filtered.length === 0) return [];
  const are =
    filtered.length === 1 ? 'is as it is stored: its filter' : 'are as they are stored: their filter';
  return [`${firstNames(filtered, 3)} ${are} was not run. AgentPool runs no program that a repository names`];
}
