import Type, { type Static } from 'typebox';
import { count, flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { git } from '../git/call.ts';
import { decode } from './scan.ts';

export const PatchFile = Type.Object(
  {
    path: text,
    status: noted(
      oneOf(['A', 'M', 'D', 'R']),
      'Added, modified (content or mode), deleted, renamed (and perhaps modified).',
    ),
    old_path: noted(nullable(text), 'The earlier name of a renamed file.'),
    binary: flag,
    mode: noted(
      nullable(text),
      "Git's mode of the new side, where the patch names it: of new files, and of files whose mode it changes.",
    ),
    added: noted(nullable(count), 'Lines; null for a binary file.'),
    removed: nullable(count),
  },
  { title: 'PatchFile', description: 'A file in a patch.' },
);
export type PatchFile = Static<typeof PatchFile>;

/**
 * The files of a patch, in its order. A file that becomes a link, or the other way round, is deleted and added. `folder`
 * is any folder; nothing in it is read.
 */
export async function patchFiles(patch: Buffer, folder: string): Promise<PatchFile[]> {
  if (patch.length === 0) return [];
  // Git reads the names: they may be quoted, and the two names of a line may contain each other's separator.
  const { stdout } = await git(folder, ['apply', '--numstat', '-z', '-'], { input: patch });
  return combined(stdout, patch.toString('latin1'));
}

/** The counts of `git apply --numstat -z`, and the headers of the same patch as latin1. */
export function combined(numstat: Buffer, patch: string): PatchFile[] {
  const counts = numstat.toString('latin1').split('\0').filter(Boolean);
  const headers = headersOf(patch);
  return counts.map((line, index) => {
    const [, added = '', removed = '', path = ''] = /^(\S+)\t(\S+)\t(.*)$/s.exec(line) ?? [];
    const header = headers[index] ?? '';
    const of = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(header)?.[1] ?? null;
    const old = of('rename from');
    const binary = added === '-';
    return {
      path: decode(path),
      status: old !== null ? 'R' : of('new file mode') ? 'A' : of('deleted file mode') ? 'D' : 'M',
      old_path: old === null ? null : decode(unquoted(old)),
      binary,
      mode: of('new file mode') ?? of('new mode'),
      added: binary ? null : Number(added),
      removed: binary ? null : Number(removed),
    };
  });
}

/**
 * What precedes the content of each file. No line of content begins like a header: those of a text have a sign before
 * them, and those of a binary file no blank.
 */
const headersOf = (patch: string): string[] =>
  patch
    .split(/^diff --git /m)
    .slice(1)
    .map((section) => section.split(/^(?:--- |@@ |GIT binary patch)/m, 1)[0] ?? '');

const ESCAPES: Record<string, string> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** A name as git quotes it, like a string of C, as latin1. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  return name
    .slice(1, -1)
    .replace(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, letter = '') =>
      octal ? String.fromCharCode(Number.parseInt(octal, 8)) : (ESCAPES[letter] ?? letter),
    );
}
