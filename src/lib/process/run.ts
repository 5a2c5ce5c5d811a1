import type { Options } from 'execa';
import type { Env } from './environment.ts';

export interface ProgramOptions {
  cwd?: string;
  env: Env;
  /**
   * Whether the program inherits the terminal of this process. By default it has no input, and its output is collected.
   */
  terminal?: boolean;
  /** Timeout in milliseconds: TERM, then KILL five seconds later. */
  timeoutMs?: number;
  /** Ends it, by TERM. */
  signal?: AbortSignal;
}

export interface RunOutcome {
  /** Null if it was ended by a signal or never started. */
  code: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** Null if it exited with 0. The message is one line and names the command. */
  error: Error | null;
}

/**
 * Runs a program until it exits, without a shell. Never rejects. More than 64 MiB of output ends it. execa is loaded
 * by the first call, because it is too slow to load for commands that must start quickly: see `start.ts`.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<RunOutcome> {
  const { execa } = await import('./execa.ts');
  const { terminal = false, timeoutMs, cwd, env, signal } = options;
  const settings = {
    ...(cwd !== undefined && { cwd }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(signal !== undefined && { cancelSignal: signal }),
    env,
    extendEnv: false,
    reject: false,
    maxBuffer: 64 << 20,
    stdio: terminal ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  } as const satisfies Options;
  const result = await execa(command, args, settings);
  return {
    code: result.exitCode ?? null,
    stdout: result.stdout ?? '',
    stderr: result.stderr ?? '',
    timedOut: result.timedOut,
    error: result.failed ? new Error(result.shortMessage, { cause: result }) : null,
  };
}
