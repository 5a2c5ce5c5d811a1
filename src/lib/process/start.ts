import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process';
import { errorMessage } from '../errors.ts';
import type { Env } from './environment.ts';

/** How long a program may take to end at TERM, in milliseconds. */
const TERM_MS = 1000;

/** Starts a program without a shell, with pipes unless `stdio` says otherwise. */
export const start = (
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcessWithoutNullStreams =>
  spawn(command, args, { ...options, shell: false }) as ChildProcessWithoutNullStreams;

export interface ShortRun {
  cwd?: string;
  env: Env;
  /** Written to stdin, which is empty by default. */
  input?: string | Uint8Array;
  /** An open file as stdin instead of `input`. */
  stdin?: number;
  /** Timeout in milliseconds, after which the program is ended: with TERM, and a second later with KILL. */
  timeoutMs?: number;
  /** The maximum output in bytes; more ends the program. */
  maxBytes?: number;
}

export interface ProgramOutput {
  /** -1 if it was ended by a signal or never started. */
  code: number;
  stdout: Buffer;
  stderr: string;
  /** Why the program did not run to its end; null if it did. */
  fault: Fault | null;
}

export type Fault =
  /** `cause` has the error code: ENOENT, EACCES. */
  | { reason: 'not started'; cause: NodeJS.ErrnoException }
  | { reason: 'too slow' | 'too much'; cause: null }
  /** A signal that came from elsewhere, or a crash: SIGSEGV. */
  | { reason: 'killed'; signal: NodeJS.Signals; cause: null };

/** Why a program did not run to its end, in words for an error. */
export function faultText(fault: Fault): string {
  if (fault.cause) return errorMessage(fault.cause);
  return fault.reason === 'killed' ? `ended by ${fault.signal}` : fault.reason;
}

/**
 * Runs a program until it exits and collects its output. Never rejects. For tmux and git, which a spawn, a send and an
 * observe call a dozen times: execa (`run.ts`) takes 33 ms of CPU time to load and three times as much per call
 * (3.0 ms against 1.0 ms on the machine of the benchmark, where `node -e 0` takes 125 ms).
 */
export function runShort(command: string, args: readonly string[], run: ShortRun): Promise<ProgramOutput> {
  const { input, stdin, timeoutMs, maxBytes = Number.POSITIVE_INFINITY, ...options } = run;
  return new Promise((done) => {
    // A pipe for nothing would cost a tenth of the start.
    const source = stdin ?? (input?.length ? 'pipe' : 'ignore');
    const child = start(command, args, { ...options, stdio: [source, 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    let fault: Fault | null = null;
    let kill: NodeJS.Timeout | undefined;
    const end = (reason: 'too slow' | 'too much'): void => {
      fault ??= { reason, cause: null };
      child.kill();
      kill ??= setTimeout(() => child.kill('SIGKILL'), TERM_MS);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs, 'too slow');
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end('too much');
      else into.push(chunk);
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    // A failing program closes its input early; its exit code and its output give the reason.
    child.stdin?.on('error', () => {}).end(input);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      fault ??= { reason: 'not started', cause };
      if (child.pid === undefined) close(null, null);
    });
    // What it has passed its output on to may keep that open: tmux gives it to its server.
    child.on('exit', () => {
      if (!fault) return;
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.on('close', close);

    function close(code: number | null, signal: NodeJS.Signals | null): void {
      clearTimeout(timer);
      clearTimeout(kill);
      if (signal) fault ??= { reason: 'killed', signal, cause: null };
      const printed = Buffer.concat(stdout);
      done({ code: code ?? -1, stdout: printed, stderr: Buffer.concat(stderr).toString(), fault });
    }
  });
}
