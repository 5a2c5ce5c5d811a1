import Type, { type Static } from 'typebox';
import { count, noted, nullable, text } from '../../lib/shapes.ts';

export const Conflict = Type.Object(
  {
    path: text,
    line: noted(nullable(count), 'The line of the file where the patch does not fit, where git names one.'),
    reason: text,
  },
  { title: 'Conflict', description: 'Where a patch does not apply, and why.' },
);
export type Conflict = Static<typeof Conflict>;

/** The reasons of `git apply`, and what they mean for a file of the caller. */
const REASONS: readonly (readonly [text: string, reason: string])[] = [
  ['already exists in index', 'it exists already'],
  ['already exists in working directory', 'it exists already'],
  ['does not exist in index', 'it does not exist here'],
  ['No such file or directory', 'it does not exist here'],
  ['does not match index', 'it has other content'],
  ['wrong type', 'it is of another kind here'],
  ['is beyond a symbolic link', 'a folder above it is a link here'],
  ['patch does not apply', 'its lines have changed here'],
  ['cannot apply binary patch', 'its binary content has changed here'],
  ['the patch applies to', 'its content has changed here'],
];

/**
 * What `git apply` says about each file of a patch, in the order of the patch. Looked up by name: git prints names as they
 * are, and one may hold a line break.
 */
export function conflictsIn(stderr: string, paths: readonly string[]): Conflict[] {
  return [...new Set(paths)].flatMap((path): Conflict[] => {
    const failed = after(stderr, `error: patch failed: ${path}:`);
    const line = failed === null ? null : Number.parseInt(failed, 10);
    const about =
      after(stderr, `error: ${path}: `) ??
      after(stderr, `error: cannot apply binary patch to '${path}'`) ??
      after(stderr, `error: the patch applies to '${path}'`) ??
      (failed === null ? null : '');
    if (about === null) return [];
    const known = REASONS.find(([text]) => about.startsWith(text))?.[1];
    return [
      { path, line: Number.isNaN(line) ? null : line, reason: known ?? 'its content has changed here' },
    ];
  });
}

function after(stderr: string, words: string): string | null {
  const at = `\n${stderr}`.indexOf(`\n${words}`);
  return at < 0 ? null : stderr.slice(at + words.length);
}
