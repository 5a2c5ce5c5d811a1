import { flagNamed } from './grammar.ts';
import type { Grammar } from './schema.ts';

/** Names that other programs have for an option, by ours. */
const NAMES: Record<string, readonly string[]> = {
  '--provider': ['--agent', '--backend-agent', '--cli', '--engine', '--harness', '--tool', '--vendor'],
  '--task': ['--instruction', '--instructions', '--message', '--prompt', '--text', '-m', '-p'],
  '--repo': ['--cd', '--cwd', '--dir', '--directory', '--folder', '--path', '--project', '--workdir', '-C'],
  '--wait-for': ['--condition', '--for', '--state', '--until'],
  '--tail-lines': ['--last', '--lines', '--tail', '-n'],
  '--max-lines': ['--lines', '-n'],
  '--lines': ['--last', '--tail', '--tail-lines', '--max-lines'],
  '--print': ['--command', '--no-exec'],
  '--output': ['--file', '--out', '-o'],
  '--json': ['--format', '--json-output', '-j'],
  '--reasoning-effort': ['--effort', '--reasoning', '--thinking'],
  '--max-runtime-seconds': ['--deadline', '--max-runtime', '--max-time', '--ttl'],
  '--timeout': ['--max-wait', '--seconds', '-t'],
  '--session': ['--id', '--session-id', '--worker'],
  '--all': ['--everything', '-a'],
  '--recent': ['--limit', '--max', '-n'],
  '--follow': ['--stream', '--tail', '-f'],
  '--watch': ['--follow', '--live', '-w'],
  '--refresh': ['--ask', '--fetch', '--force', '--live', '--no-cache', '--now', '--update'],
  '--force': ['--yes', '-f', '-y'],
  '--yes': ['--force', '-f', '--no-confirm'],
  '--since': ['--after', '--from'],
  '--step': ['--interactive'],
};

/** The option of a command that another name means; undefined if no name is known, or the command has no such option. */
export function meantOption(grammar: Grammar, typed: string): string | undefined {
  const own = Object.entries(NAMES).filter(([, names]) => names.includes(typed));
  return own.map(([option]) => option).find((option) => flagNamed(grammar, option));
}
