import type { Writable } from 'node:stream';
import type { Step } from '../../workers/core/status-schema.ts';
import { paint } from './style.ts';

interface Outcome {
  path: string;
  reason: string;
  would_write: boolean;
  backup_path: string | null;
}

/** What became of a file that was to be written: a sign, the file, and why. */
export function outcomeLine({ path, reason, would_write, backup_path }: Outcome, stream: Writable): string {
  const color = paint(stream);
  const line = `${would_write ? color.green('✓') : color.dim('·')} ${color.bold(path)}\n  ${reason}`;
  return backup_path ? `${line}\n  the old one is kept in ${backup_path}` : line;
}

/** Commands to type next, one a line. */
export function nextSteps(commands: readonly string[], stream: Writable): string[] {
  const color = paint(stream);
  return ['', color.dim('next'), ...commands.map((command) => `  ${command}`)];
}

/** What may be done now, each with the line that does it. */
export function stepLines(steps: readonly Step[], stream: Writable): string[] {
  const color = paint(stream);
  const width = Math.max(0, ...steps.map(({ what }) => what.length));
  return steps.map(({ what, command }) => `  ${color.dim(what.padEnd(width))}  ${command}`);
}
