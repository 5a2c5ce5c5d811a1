import { spawn } from 'node:child_process';
import { AgentPoolError } from '../../lib/errors.ts';
import { serverEnvironment } from './config.ts';

/** Runs tmux and resolves to its standard output. Throws TMUX_NOT_FOUND, or TMUX_FAILED with tmux's message. */
export function runTmux(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('tmux', args, {
      env: serverEnvironment(process.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A tmux that fails closes its input early; its message gives the reason.
    child.stdin.on('error', () => {}).end(input);
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? tmuxNotFound() : error),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(stdout);
      const output = `${stderr}${stdout}`.trim();
      const command = args.find((word) => /^[a-z]+-[a-z]+$/.test(word)) ?? 'tmux';
      reject(
        new AgentPoolError('TMUX_FAILED', `tmux ${command} failed: ${output.slice(0, 300)}`, {
          said: output,
          code,
        }),
      );
    });
  });
}

/** TMUX_NOT_FOUND, with one install command per package manager in `details.install`. */
export function tmuxNotFound(): AgentPoolError {
  const install = {
    apt: 'sudo apt-get install tmux',
    dnf: 'sudo dnf install tmux',
    brew: 'brew install tmux',
  };
  const message = `tmux is not installed, and workers run in it. Install it: ${Object.values(install).join(' | ')}`;
  return new AgentPoolError('TMUX_NOT_FOUND', message, { install });
}

/** tmux's own message about a failure; '' for any other error. */
export const tmuxMessage = (error: unknown): string =>
  error instanceof AgentPoolError && typeof error.details.said === 'string' ? error.details.said : '';

/** The version of tmux: 3 and 3 for "tmux 3.3a". Throws TMUX_NOT_FOUND. */
export async function tmuxVersion(): Promise<{ text: string; major: number; minor: number }> {
  const text = (await runTmux(['-V'], '')).trim();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return { text, major: Number(major ?? 0), minor: Number(minor ?? 0) };
}
