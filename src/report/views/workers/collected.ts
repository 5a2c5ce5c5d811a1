import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { bytes } from '../../../lib/text/bytes.ts';
import { firstNames } from '../../../lib/text/counted.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { Collected } from '../../../workers/commands/results/collect.ts';
import { lastWords } from '../../../workers/core/setup/next-steps.ts';
import { paint, stateLabel } from '../../text/style.ts';
import { tilde } from '../../text/tilde.ts';
import type { ShownWords } from './worker-words.ts';

const FILES = 20;

/** The collected result of a worker: the files that it changed, and the folder of the artifacts. */
export function collectedLines(
  collected: Collected,
  stream: Writable,
  words: ShownWords | null = null,
): string[] {
  const { session_id, state, reason, git, result, violation, artifacts, worker_output } = collected;
  const color = paint(stream);
  const changed = git.changed_files.length;
  const lines = [
    `${session_id}  ${stateLabel(state, stream)}  ${changed} changed ${changed === 1 ? 'file' : 'files'}, result ${result}`,
  ];
  if (state === 'FAILED' || state === 'LOST') {
    if (reason) lines.push(`  ${color.yellow('!')} ${reason}`);
    const { what, command } = lastWords(session_id);
    lines.push(`  ${what}  ${command}`);
    if (state === 'LOST') lines.push(shell`  go on with it  agentpool resume ${session_id}`);
  }
  for (const file of git.files.slice(0, FILES)) lines.push(`  ${file.status} ${file.path}`);
  if (git.files.length > FILES) lines.push(`  … and ${git.files.length - FILES} more`);
  const { ignored_files } = git;
  if (ignored_files.length > 0) {
    lines.push(`  ${color.yellow('!')} ignored by git, so in no patch: ${firstNames(ignored_files, FILES)}`);
  }
  if (violation) lines.push(`  ${color.yellow('!')} ${violation}`);
  for (const warning of git.warnings) lines.push(`  ${color.yellow('!')} ${warning}`);
  // A person reads the result; the files are for programs.
  if (words && !worker_output.included)
    return [...lines, ...words.lines, `  gathered in ${tilde(collected.artifact_dir)}`];
  const folder = artifacts[0] ? dirname(artifacts[0].path) : collected.artifact_dir;
  lines.push(`  gathered in ${folder}`);
  for (const { kind, path, bytes: size } of artifacts)
    lines.push(
      `    ${kind.padEnd(13)} ${path.slice(folder.length + 1).padEnd(19)} ${color.dim(bytes(size))}`,
    );
  if (worker_output.included) lines.push(worker_output.text);
  return lines;
}
