import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
} from 'node:fs';
import { bytes } from '../text/bytes.ts';

/** The reason why a user's file could not be read, worded to follow 'the file ...'. */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
  readonly fix: string;
  constructor(reason: string, fix: string) {
    super(reason);
    this.fix = fix;
  }
}

/**
 * The text of a file, or null if it does not exist. Throws UnreadableFile if it is not a regular file, larger than
 * `limit` bytes, not readable or not UTF-8. Drops a byte order mark.
 */
export function readTextFile(path: string, limit: number): string | null {
  let descriptor: number;
  try {
    // Non-blocking, because opening a pipe without a writer would wait forever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refused(error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new UnreadableFile('is a folder', 'Move it away');
    if (!stat.isFile()) throw new UnreadableFile('is not a regular file', 'Move it away');
    if (stat.size > limit) {
      throw new UnreadableFile(`has ${bytes(stat.size)}, more than ${bytes(limit)}`, 'Move it away');
    }
    return decode(readAll(descriptor, limit));
  } finally {
    closeSync(descriptor);
  }
}

function refused(error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return null;
  if (code === 'ENOTDIR')
    throw new UnreadableFile('lies below something that is no folder', 'Check the path');
  if (code === 'EACCES' || code === 'EPERM') {
    throw new UnreadableFile('may not be read by you', 'Give yourself the right to read it: chmod u+r');
  }
  if (code === 'ELOOP') throw new UnreadableFile('is a link that leads to itself', 'Remove the link');
  throw new UnreadableFile(`cannot be opened (${code ?? String(error)})`, 'Check the path');
}

function readAll(descriptor: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(descriptor, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new UnreadableFile(`is not UTF-8${wide ? ' but UTF-16' : ''}`, 'Save it as UTF-8');
  }
}

/** The path for a backup of `path` made at `now`: beside it, with a name that no earlier backup has. */
export function backupPath(path: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const base = `${path}.${stamp}`;
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? `${base}.bak` : `${base}-${count}.bak`;
    if (!existsSync(candidate)) return candidate;
  }
}

/** Copies bytes, so that a file that is not text survives too. */
export function backup(path: string, to: string): void {
  copyFileSync(path, to, constants.COPYFILE_EXCL);
  chmodSync(to, 0o600);
}
