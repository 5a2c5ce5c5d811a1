import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { placeFile } from '../../../lib/files/atomic-file.ts';
import { storing } from '../../../lib/files/private-files.ts';
import { bytes } from '../../../lib/text/bytes.ts';
import { counted } from '../../../lib/text/counted.ts';
import { write } from '../../text/lines.ts';
import { paint } from '../../text/style.ts';
import type { WrittenReplay } from './schema.ts';

/** Writes a text into a file that must not exist, or to stdout where `-` is named. Returns what it was called then. */
export async function writeReplay(
  file: string,
  text: string | AsyncIterable<string>,
  { stdout, isForced }: { stdout: Writable; isForced: boolean },
): Promise<string> {
  if (file === '-') {
    for await (const part of typeof text === 'string' ? [text] : text) await write(stdout, part);
    return '-';
  }
  const path = resolve(file);
  await storing(path, () =>
    placeFile(path, { existing: isForced ? 'replace' : 'refuse' }, (draft) => writeFile(draft, text)),
  );
  return path;
}

/** What was written, for a person. */
export function writtenText(written: WrittenReplay, out: Writable): string {
  const { file, sessions, events, notes, bytes: size } = written;
  const color = paint(out);
  const what = `${counted(events, 'event')} of ${counted(sessions.length, 'worker')}, ${bytes(size)}`;
  return [`${color.green('✓')} ${what}: ${file}`, ...notes.map((note) => `  ${note}`)].join('\n');
}
