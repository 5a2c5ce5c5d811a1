import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AgentPoolError } from '../errors.ts';

/**
 * A file (0600) that is there whole or not at all: `make` writes a draft beside it, which then takes its place.
 * @throws FILE_EXISTS where something is there already, unless `force`.
 */
export async function placeFile<T>(
  file: string,
  { force }: { force: boolean },
  make: (draft: string) => Promise<T>,
): Promise<T> {
  if (!force && existsSync(file)) throw exists(file);
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  await (await open(draft, 'wx', 0o600)).close();
  try {
    const made = await make(draft);
    const written = await open(draft, 'r');
    await written.sync();
    await written.close();
    if (force) await rename(draft, file);
    else await takePlace(draft, file);
    return made;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A rename would silently replace what somebody else has put there meanwhile; a link is refused. */
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
