import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { bytes } from '../../lib/text/bytes.ts';
import type { Collected } from '../../workers/commands/collect.ts';
import { paint, stateLabel } from '../text/style.ts';

const FILES = 20;

/** The collected result of a worker: the files that it changed, and the folder of the artifacts. */
export function collectedLines(collected: Collected, stream: Writable): string[] {
  const { session_id, state, git, result, violation, artifacts, worker_output } = collected;
  const color = paint(stream);
  const changed = git.changed_files.length;
  const lines = [
    `${session_id}  ${stateLabel(state, stream)}  ${changed} changed ${changed === 1 ? 'file' : 'files'}, result ${result}`,
  ];
  for (const file of git.files.slice(0, FILES)) lines.push(`  ${file.status} ${file.path}`);
  if (git.files.length > FILES) lines.push(`  … and ${git.files.length - FILES} more`);
  if (violation) lines.push(`  ${color.yellow('!')} ${violation}`);
  for (const warning of git.warnings) lines.push(`  ${color.yellow('!')} ${warning}`);
  const folder = artifacts[0] ? dirname(artifacts[0].path) : collected.artifact_dir;
  lines.push(`  gathered in ${folder}`);
  for (const { kind, path, bytes: size } of artifacts)
    lines.push(
      `    ${kind.padEnd(12)} ${path.slice(folder.length + 1).padEnd(16)} ${color.dim(bytes(size))}`,
    );
  if (worker_output.included) lines.push(worker_output.text);
  return lines;
}
