import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process';
import type { Env } from './environment.ts';

/** Starts a program without a shell. It is talked to over pipes, unless `stdio` says otherwise. */
export const start = (
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcessWithoutNullStreams =>
  spawn(command, args, { ...options, shell: false }) as ChildProcessWithoutNullStreams;

export interface ShortRun {
  cwd?: string;
  env: Env;
  /** Given on stdin, which is empty otherwise. */
  input?: string | Uint8Array;
  /** An open file as stdin in place of an input. */
  stdin?: number;
  /** After this the program is ended with TERM. */
  timeoutMs?: number;
  /** More output than this ends the program. */
  maxBytes?: number;
}

export interface Answer {
  /** -1 where it was ended by a signal, or never started. */
  code: number;
  stdout: Buffer;
  stderr: string;
  /** Why there is no answer of its own; null where the program ended by itself. */
  fault: Fault | null;
}

export type Fault =
  /** `cause` has the errno: ENOENT, EACCES. */
  | { reason: 'not started'; cause: NodeJS.ErrnoException }
  | { reason: 'too slow' | 'too much' | 'killed'; cause: null };

/**
 * Runs a program to its end and collects what it prints. Never rejects. For tmux and git, which a spawn, a send and an
 * observe call a dozen times: execa (`run.ts`) takes 33 ms of processor time to load and three times as much per call
 * (3.0 ms against 1.0 ms on the machine of the benchmark, where `node -e 0` takes 125 ms).
 */
export function runShort(command: string, args: readonly string[], run: ShortRun): Promise<Answer> {
  const { input, stdin, timeoutMs, maxBytes = Number.POSITIVE_INFINITY, ...options } = run;
  return new Promise((done) => {
    const child = start(command, args, { ...options, stdio: [stdin ?? 'pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    let fault: Fault | null = null;
    const end = (reason: 'too slow' | 'too much'): void => {
      fault ??= { reason, cause: null };
      child.kill();
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs, 'too slow');
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end('too much');
      else into.push(chunk);
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    // A program that fails closes its input early; its exit code and its words say why.
    child.stdin?.on('error', () => {}).end(input);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      fault ??= { reason: 'not started', cause };
      if (child.pid === undefined) close(null);
    });
    child.on('close', close);

    function close(code: number | null): void {
      clearTimeout(timer);
      if (code === null) fault ??= { reason: 'killed', cause: null };
      const printed = Buffer.concat(stdout);
      done({ code: code ?? -1, stdout: printed, stderr: Buffer.concat(stderr).toString(), fault });
    }
  });
}
