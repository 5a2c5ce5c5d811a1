import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { link, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AgentPoolError } from '../errors.ts';
import { storing } from './private-files.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export interface Placing {
  /** What happens to a file that is there, or a link to one: it is replaced, or FILE_EXISTS is thrown. */
  existing: 'replace' | 'refuse';
}

/**
 * Makes a file (0600) that is there whole or not at all: `make` fills a draft beside it, which is flushed to the disk and
 * then takes its place.
 * @throws FILE_EXISTS where something is there already and `existing` is 'refuse'
 */
export async function placeFile<T>(
  file: string,
  { existing }: Placing,
  make: (draft: string) => Promise<T>,
): Promise<T> {
  if (existing === 'refuse' && existsSync(file)) throw exists(file);
  return withDraft(file, async (draft) => {
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
 * Writes a whole file with mode 0600; a link in its place is replaced, not followed. A reader sees the old content or the
 * new, never a part of it. Not flushed to the disk: a power cut may bring the old content back, the ledger is what must
 * survive that.
 * @throws STORAGE_DENIED, STORAGE_FULL, STORAGE_INVALID
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  await storing(path, () =>
    withDraft(path, async (draft) => {
      await writeFile(draft, content);
      await rename(draft, path);
    }),
  );
}

export interface SyncWriting {
  /** A link in the file's place is followed (a person's dotfiles are such), or replaced by the file. */
  link: 'follow' | 'replace';
  /**
   * How many processes may write the file at once. The draft of a sole writer has one name, so that one that is killed
   * over and over leaves one draft behind.
   */
  writers?: 'many' | 'one';
}

/**
 * The same at once, for what must be written before the next line runs. Missing folders are made (0700); errors are
 * those of the system.
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

/** Not from node:crypto, which a short query would have to load for its cache. */
const draftOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);

/** Hands out an empty private draft beside the file; nothing of it is left where the work fails. */
async function withDraft<T>(path: string, work: (draft: string) => Promise<T>): Promise<T> {
  const draft = draftOf(path);
  await (await open(draft, 'wx', PRIVATE_FILE)).close();
  try {
    return await work(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A rename would silently replace what another process has put there meanwhile; a link is refused. */
async function takePlace(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(file);
    // Some file systems (FAT on a stick) know no links.
    await rename(draft, file);
  }
}

const exists = (file: string) =>
  new AgentPoolError('FILE_EXISTS', `${file} exists already. With --force it is replaced.`, { file });
