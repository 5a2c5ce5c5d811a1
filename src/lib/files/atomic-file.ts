import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { link, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AgentPoolError } from '../errors.ts';
import { shell } from '../text/shell.ts';
import { storing } from './private-files.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export interface Placing {
  /** What to do with an existing file or link: replace it, or throw FILE_EXISTS. */
  existing: 'replace' | 'refuse';
}

/**
 * Creates a file (0600) completely or not at all: `make` fills a draft beside it, which is flushed to disk and then
 * moved into place.
 * @throws FILE_EXISTS if the path exists and `existing` is 'refuse'; STORAGE_INVALID if it is a folder or a device, which
 * is never replaced, or if its folder is missing
 */
export async function placeFile<T>(
  file: string,
  { existing }: Placing,
  make: (draft: string) => Promise<T>,
): Promise<T> {
  assertPlace(file);
  if (existing === 'refuse' && existsSync(file)) throw exists(file);
  return withDraft(file, async (draft) => {
    await (await open(draft, 'wx', PRIVATE_FILE)).close();
    const made = await make(draft);
    const written = await open(draft, 'r');
    await written.sync();
    await written.close();
    if (existing === 'replace') await rename(draft, file);
    else await takePlace(draft, file);
    return made;
  });
}

/**
 * Replaces a file atomically, with mode 0600. Replaces a link instead of following it. A reader sees the old content or
 * the new, never a mixture. Not flushed to disk: a power cut may restore the old content. Only the ledger must survive
 * a power cut.
 * @throws STORAGE_DENIED, STORAGE_FULL, STORAGE_INVALID
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  await storing(path, () =>
    withDraft(path, async (draft) => {
      await writeFile(draft, content, { mode: PRIVATE_FILE, flag: 'wx' });
      await rename(draft, path);
    }),
  );
}

/** Replaces several files in the same way: all of them, or none if the disk has no space for one. */
export async function writePrivateFiles(files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const drafts = [...files].map(([path, content]) => ({ path, content, draft: draftOf(path) }));
  try {
    // Every one is waited for: a draft that is still being written could not be removed.
    const written = await Promise.allSettled(
      drafts.map(({ path, content, draft }) =>
        storing(path, () => writeFile(draft, content, { mode: PRIVATE_FILE, flag: 'wx' })),
      ),
    );
    const failed = written.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    for (const { path, draft } of drafts) await storing(path, () => rename(draft, path));
  } catch (error) {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })));
    throw error;
  }
}

export interface SyncWriting {
  /** Whether to follow a link (as dotfiles often are) or to replace it with the file. */
  link: 'follow' | 'replace';
  /**
   * How many processes may write the file at once. A sole writer always uses the same draft name, so that repeated
   * kills leave only one draft behind.
   */
  writers?: 'many' | 'one';
}

/**
 * The synchronous variant. Creates missing folders (0700). Throws the errors of the system.
 */
export function writePrivateFileSync(
  path: string,
  text: string,
  { link, writers = 'many' }: SyncWriting,
): void {
  const target = link === 'follow' && existsSync(path) ? realpathSync(path) : path;
  mkdirSync(dirname(target), { recursive: true, mode: PRIVATE_FOLDER });
  const draft = writers === 'one' ? `${target}.new` : draftOf(target);
  try {
    writeFileSync(draft, text, { mode: PRIVATE_FILE, flag: writers === 'one' ? 'w' : 'wx' });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Not from node:crypto, which is too slow to load for a short query that writes its cache. */
const draftOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);

/** Names a draft beside the file for the work, which moves it into place; removes the draft if the work fails. */
async function withDraft<T>(path: string, work: (draft: string) => Promise<T>): Promise<T> {
  const draft = draftOf(path);
  try {
    return await work(draft);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Uses link(), which fails if another process has created the file meanwhile; rename() would replace it. */
async function takePlace(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(file);
    // Some file systems (FAT) do not support links.
    await rename(draft, file);
    return;
  }
  await rm(draft, { force: true });
}

/** Only a file may be where a file is placed: to move one over `/dev/null` or `/dev/stdout` would break the system. */
function assertPlace(file: string): void {
  const refused = (message: string, example: string) =>
    new AgentPoolError('STORAGE_INVALID', message, { path: file, example });
  const place = statSync(file, { throwIfNoEntry: false });
  if (place?.isDirectory()) throw refused(`${file} is a folder. Name a file in it.`, shell`ls -ld ${file}`);
  if (place && !place.isFile())
    throw refused(`${file} is not a regular file. Name another one.`, shell`ls -ld ${file}`);
  const folder = dirname(file);
  if (!place && !existsSync(folder))
    throw refused(`There is no folder ${folder}. Make it, then try again.`, shell`mkdir -p ${folder}`);
}

const exists = (file: string) =>
  new AgentPoolError('FILE_EXISTS', `${file} exists already. With --force it is replaced.`, { file });
