import { AgentPoolError } from '../../lib/errors.ts';
import type { Env } from '../../lib/process/environment.ts';
import { runShort } from '../../lib/process/start.ts';

/** Runs the program; its standard output. Throws TMUX_NOT_FOUND or TMUX_FAILED with what tmux said. */
export async function runTmux(args: readonly string[], input: string, env: Env): Promise<string> {
  const { code, stdout, stderr, fault } = await runShort('tmux', args, { env, input });
  if (fault?.cause) throw fault.cause.code === 'ENOENT' ? tmuxNotFound(fault.cause) : fault.cause;
  if (code === 0) return stdout.toString();
  const said = `${stderr}${stdout}`.trim();
  const command = args.find((word) => /^[a-z]+-[a-z]+$/.test(word)) ?? 'tmux';
  throw new AgentPoolError('TMUX_FAILED', `tmux ${command} failed: ${said.slice(0, 300)}`, { said, code });
}

/** TMUX_NOT_FOUND, with how to install it in `details.install`, a command for each package manager. */
export function tmuxNotFound(cause: unknown): AgentPoolError {
  const install = {
    apt: 'sudo apt-get install tmux',
    dnf: 'sudo dnf install tmux',
    brew: 'brew install tmux',
  };
  const message = `tmux is not installed, and workers run in it. Install it: ${Object.values(install).join(' | ')}`;
  return new AgentPoolError('TMUX_NOT_FOUND', message, { install }, { cause });
}

/** What tmux itself said of a failure; '' for any other. */
export const saidBy = (error: unknown): string =>
  error instanceof AgentPoolError && typeof error.details.said === 'string' ? error.details.said : '';
