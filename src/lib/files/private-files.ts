import { existsSync, mkdirSync } from 'node:fs';
import { chmod, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentPoolError } from '../errors.ts';
import { shell } from '../text/shell.ts';
import { belongsTo } from './owner.ts';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const OTHERS = 0o077;

const DENIED = new Set(['EACCES', 'EPERM', 'EROFS', 'SQLITE_READONLY']);
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL']);
const INVALID = new Set([
  ...['ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EBUSY'],
  ...['EEXIST', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'],
]);

/**
 * Converts errors of the file system, and those of SQLite about it, into errors that a person can act on: STORAGE_DENIED (permissions, read-only),
 * STORAGE_FULL (space, quota), STORAGE_INVALID (a file in place of a folder, or the reverse). Returns other errors
 * unchanged.
 */
export function storageError(cause: unknown, path: string): unknown {
  const errno = (cause as NodeJS.ErrnoException | null)?.code;
  if (typeof errno !== 'string') return cause;
  const details = { path, errno };
  const wrapped = { cause };
  if (DENIED.has(errno)) {
    const message = `No rights on ${path} (${errno}${belongsTo(path)}). Make it yours and writable, or choose another folder.`;
    return new AgentPoolError(
      'STORAGE_DENIED',
      message,
      { ...details, example: shell`ls -ld ${dirname(path)}` },
      wrapped,
    );
  }
  if (FULL.has(errno)) {
    const message = `No space left to write ${path} (${errno}). Free some, then try again.`;
    return new AgentPoolError(
      'STORAGE_FULL',
      message,
      { ...details, example: shell`df -h ${dirname(path)}` },
      wrapped,
    );
  }
  if (INVALID.has(errno)) {
    const message = `${path} cannot be used (${errno}): something of another kind is in its place.`;
    return new AgentPoolError(
      'STORAGE_INVALID',
      message,
      { ...details, example: shell`ls -ld ${path}` },
      wrapped,
    );
  }
  return cause;
}

/** Runs `work` and throws its failure as a storage error about `path`. */
export async function storing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storageError(cause, path);
  }
}

/**
 * Creates the folder and its missing parents with mode 0700. Throws the error of the system; on a read-only disk Node's
 * recursive mkdir reports that there is no such folder.
 */
export function makeFolders(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const above = dirname(path);
    if (above !== path && !existsSync(above)) makeFolders(above);
    mkdirSync(path, { mode: PRIVATE_FOLDER });
  }
}

/** Creates the folder and its missing parents with mode 0700. Removes the access of others from an existing folder. */
export async function makePrivateFolder(path: string): Promise<void> {
  await storing(path, async () => {
    makeFolders(path);
    const { mode } = await stat(path);
    if (mode & OTHERS) await chmod(path, PRIVATE_FOLDER);
  });
}

/** Appends to a file of mode 0600. Creates a missing file, and removes the access of others from an existing one. */
export async function appendPrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  await storing(path, async () => {
    const file = await open(path, 'a', PRIVATE_FILE);
    try {
      const { mode } = await file.stat();
      if (mode & OTHERS) await file.chmod(PRIVATE_FILE);
      await file.appendFile(content);
    } finally {
      await file.close();
    }
  });
}
