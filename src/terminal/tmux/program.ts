import { AgentPoolError } from '../../lib/errors.ts';
import type { Env } from '../../lib/process/environment.ts';
import { runShort } from '../../lib/process/start.ts';

/** Runs tmux and resolves to its standard output. Throws TMUX_NOT_FOUND, or TMUX_FAILED with tmux's message. */
export async function runTmux(args: readonly string[], input: string, env: Env): Promise<string> {
  const { code, stdout, stderr, fault } = await runShort('tmux', args, { env, input });
  if (fault?.cause) throw fault.cause.code === 'ENOENT' ? tmuxNotFound(fault.cause) : fault.cause;
  if (code === 0) return stdout.toString();
  const said = `${stderr}${stdout}`.trim();
  const command = args.find((word) => /^[a-z]+-[a-z]+$/.test(word)) ?? 'tmux';
  throw new AgentPoolError('TMUX_FAILED', `tmux ${command} failed: ${said.slice(0, 300)}`, { said, code });
}

/** TMUX_NOT_FOUND, with one install command per package manager in `details.install`. */
export function tmuxNotFound(cause: unknown): AgentPoolError {
  const install = {
    apt: 'sudo apt-get install tmux',
    dnf: 'sudo dnf install tmux',
    brew: 'brew install tmux',
  };
  const message = `tmux is not installed, and workers run in it. Install it: ${Object.values(install).join(' | ')}`;
  return new AgentPoolError('TMUX_NOT_FOUND', message, { install }, { cause });
}

/** tmux's own message about a failure; '' for any other error. */
export const tmuxMessage = (error: unknown): string =>
  error instanceof AgentPoolError && typeof error.details.said === 'string' ? error.details.said : '';
