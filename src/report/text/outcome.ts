import type { Writable } from 'node:stream';
import type { Step } from '../../workers/core/setup/status-schema.ts';
import { paint } from './style.ts';

interface Outcome {
  path: string;
  reason: string;
  would_write: boolean;
  backup_path: string | null;
}

/** The outcome of writing a file: a sign, the file, and the reason. */
export function outcomeLine({ path, reason, would_write, backup_path }: Outcome, stream: Writable): string {
  const color = paint(stream);
  const line = `${would_write ? color.green('✓') : color.dim('·')} ${color.bold(path)}\n  ${reason}`;
  return backup_path ? `${line}\n  the old one is kept in ${backup_path}` : line;
}

/** Commands to type next, one per line. */
export function nextSteps(commands: readonly string[], stream: Writable): string[] {
  const color = paint(stream);
  return ['', color.dim('next'), ...commands.map((command) => `  ${command}`)];
}

/** The possible next steps, each with its command. */
export function stepLines(steps: readonly Step[], stream: Writable): string[] {
  const color = paint(stream);
  const width = Math.max(0, ...steps.map(({ what }) => what.length));
  return steps.map(({ what, command }) => `  ${color.dim(what.padEnd(width))}  ${command}`);
}

/** The box before a choice; nothing where it has none. */
export const checkBox = (checked: boolean | null): string =>
  checked === null ? '' : checked ? '[x] ' : '[ ] ';
