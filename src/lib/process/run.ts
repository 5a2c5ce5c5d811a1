import type { Options } from 'execa';
import type { Env } from './environment.ts';

export interface Run {
  cwd?: string;
  env: Env;
  /** Whether the program gets the terminal of this process in place of no input and a collected output. */
  terminal?: boolean;
  /** After this it is ended: with TERM, five seconds later with KILL. */
  timeoutMs?: number;
}

export interface Outcome {
  /** Null where it was ended by a signal, or never started. */
  code: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** Null where it ended with 0. Its message is one line and names the command. */
  error: Error | null;
}

/**
 * Runs a program to its end, without a shell. Never rejects. Of its output 64 MiB are kept; more end it. execa is loaded
 * by the first call, because it costs too much for the commands that have to start quickly: see `start.ts`.
 */
export async function run(command: string, args: readonly string[], options: Run): Promise<Outcome> {
  const { execa } = await import('./execa.ts');
  const { terminal = false, timeoutMs, cwd, env } = options;
  const settings = {
    ...(cwd !== undefined && { cwd }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
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
