import { AgentPoolError } from '../../lib/errors.ts';
import type { Env } from '../../lib/process/environment.ts';
import { faultText, runShort } from '../../lib/process/start.ts';

/**
 * How long a call may take, in milliseconds; a healthy server answers in some. Keys that a prompt of an attached person
 * swallows make tmux wait until that person answers, and a suspended server answers no one.
 */
const LONGEST_CALL_MS = 20_000;

/**
 * Runs tmux and resolves to its standard output. Throws TMUX_NOT_FOUND, or TMUX_FAILED with tmux's message, also after
 * `timeoutMs` without an answer.
 */
export async function runTmux(
  args: readonly string[],
  input: string,
  env: Env,
  timeoutMs = LONGEST_CALL_MS,
): Promise<string> {
  const { code, stdout, stderr, fault } = await runShort('tmux', args, { env, input, timeoutMs });
  if (fault?.cause) throw fault.cause.code === 'ENOENT' ? tmuxNotFound(fault.cause) : fault.cause;
  // At TERM, the client exits with 0.
  if (code === 0 && !fault) return stdout.toString();
  const command = args.find((word) => /^[a-z]+-[a-z]+$/.test(word)) ?? 'tmux';
  const said =
    fault?.reason === 'too slow'
      ? `no answer within ${timeoutMs / 1000} s`
      : `${stderr}${stdout}`.trim() || (fault ? faultText(fault) : '');
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
