import type { Writable } from 'node:stream';
import { firstNames } from '../../../lib/text/counted.ts';
import type { AppliedPatch } from '../../../workers/commands/results/apply.ts';
import type { Diff } from '../../../workers/commands/results/patch.ts';
import type { PatchFile } from '../../../workspace/changes/patch-files.ts';
import { type Paint, paint } from '../../text/style.ts';
import { tilde } from '../../text/tilde.ts';

/** A patch for a person: coloured on a terminal, with what it leaves out. */
export function diffText(diff: Diff, stream: Writable): string {
  const color = paint(stream);
  const lines = (diff.patch ?? '').replace(/\n$/, '').split('\n');
  const body = diff.patch ? coloured(lines, color) : diff.files.map((file) => fileLine(file, color));
  const none = diff.files.length === 0 ? [`${diff.session_id} changed no file`] : [];
  return [...none, ...(diff.files.length > 0 ? body : []), ...notes(diff, color)].join('\n');
}

/** The lines of a unified patch. Lines before the first `@@` of a file are its header, whatever they begin with. */
export function coloured(lines: readonly string[], color: Paint): string[] {
  let inHeader = true;
  return lines.map((line) => {
    if (line.startsWith('diff --git ')) inHeader = true;
    if (line.startsWith('@@ ')) {
      inHeader = false;
      return color.cyan(line);
    }
    if (inHeader) return color.bold(line);
    if (line.startsWith('+')) return color.green(line);
    return line.startsWith('-') ? color.red(line) : line;
  });
}

/** One file with its counts: `M src/a.ts  +3 -1`. */
function fileLine({ status, path, old_path, binary, added, removed, mode }: PatchFile, color: Paint): string {
  const name = old_path === null ? path : `${old_path} -> ${path}`;
  const counts = binary ? 'binary' : `${color.green(`+${added}`)} ${color.red(`-${removed}`)}`;
  return `  ${status} ${name}  ${counts}${status === 'M' && mode !== null ? `  mode ${mode}` : ''}`;
}

const notes = (
  { ignored_files, warnings }: Pick<Diff, 'ignored_files' | 'warnings'>,
  color: Paint,
): string[] =>
  [
    ...(ignored_files.length > 0 ? [`ignored by git, so in no patch: ${firstNames(ignored_files, 20)}`] : []),
    ...warnings,
  ].map((note) => `  ${color.yellow('!')} ${note}`);

/** What is in the caller's work tree now, or would be. */
export function appliedLines(applied: AppliedPatch, stream: Writable): string[] {
  const color = paint(stream);
  const { files, repo, session_id } = applied;
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const what =
    files.length === 0
      ? `${session_id} changed no file: nothing to apply`
      : applied.applied
        ? `${session_id}: ${count} changed in ${tilde(repo)}, nothing staged or committed`
        : `${session_id}: the patch applies in ${tilde(repo)}, ${count}`;
  return [what, ...files.map((file) => fileLine(file, color)), ...notes(applied, color)];
}

/** One file per line for --plain: status, lines added and removed, path. */
export const plainFiles = (files: readonly PatchFile[]): readonly (readonly (string | number)[])[] =>
  files.map(({ status, added, removed, path }) => [status, added ?? '-', removed ?? '-', path]);
