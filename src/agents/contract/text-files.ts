import { readdirSync, readSync, statSync } from 'node:fs';
import { withOpenFile } from '../../lib/files/open-file.ts';
import { type Json, parseJson, record } from './limits/values.ts';

/** The names in a folder; none where it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What an agent is asked first comes within the first lines, behind its instructions. */
const HEAD_BYTES = 1024 * 1024;

/** The first megabyte of a file; empty where it cannot be read. */
export function headOf(path: string): string {
  try {
    return withOpenFile(path, { flags: 'r' }, (file) => {
      const bytes = Buffer.alloc(HEAD_BYTES);
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
    });
  } catch {
    return '';
  }
}

/** Whether a file was written at that moment or later; not where there is none. */
export function isWrittenSince(path: string, since: Date): boolean {
  const written = statSync(path, { throwIfNoEntry: false })?.mtime;
  return written !== undefined && written >= since;
}

/** The objects in the first lines of a file of JSON lines; only of lines with `mark` in them. */
export const headLines = (path: string, mark = ''): Json[] =>
  headOf(path)
    .split('\n')
    .filter((line) => line.includes(mark))
    .map((line) => record(parseJson(line)))
    .filter((line) => line !== null);
