import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { delimiter, dirname, isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from './environment.ts';
import { type ProcessEntry, pidsWithVariable, processEntry } from './process-table.ts';
import { endProcesses } from './processes.ts';
import { start } from './start.ts';

/** Marks all descendants of a child, so that those that left its process group can be found. */
const MARK = 'AGENTPOOL_CHILD';
const MAX_BYTES = 16 * 1024 * 1024;
const STDERR_BYTES = 16 * 1024;
/** Milliseconds that a program gets to exit after its input is closed, and again after TERM. */
const GRACE_MS = 400;

export interface ChildSpec {
  command: string;
  args: readonly string[];
  env: Env;
  cwd: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** ENOENT, EACCES: the program could not be started. */
  error: string | null;
}

/** A program driven over its pipes. Both output pipes are always drained, so that it never blocks on them. */
export interface Child {
  write(text: string): void;
  end(): void;
  /** Chunks of stdout, until it closes. More than 16 MiB of output ends the child. */
  output(): AsyncIterable<string>;
  /** The last 16 KiB of stderr. */
  stderr(): string;
  overflowed(): boolean;
  exited: Promise<Exit>;
  /** Closes the input, then sends TERM, then KILL, to the whole tree. Returns when no process of it is left. */
  stop(): Promise<void>;
}

export function startChild(spec: ChildSpec): Child {
  const mark = randomUUID();
  const started = start(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env, PATH: pathFor(spec), [MARK]: mark } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group: TERM and KILL reach the children of a shell script, and Ctrl-C reaches none.
    detached: true,
  });
  let tail = '';
  const output = drained(started.stdout);
  started.stdin.on('error', () => undefined); // EPIPE: the program ended before it read its input
  started.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-STDERR_BYTES);
  });
  const exited = new Promise<Exit>((resolve) => {
    started.on('error', (error: NodeJS.ErrnoException) => {
      output.finish();
      resolve({ code: null, signal: null, error: error.code ?? error.message });
    });
    started.on('exit', (code, signal) => resolve({ code, signal, error: null }));
  });

  let stopping: Promise<void> | undefined;
  return {
    write: (text) => void started.stdin.write(text),
    end: () => void started.stdin.end(),
    output: output.chunks,
    stderr: () => tail,
    overflowed: output.overflowed,
    exited,
    stop() {
      stopping ??= stopTree(started, mark, exited).finally(() => {
        started.stdout.destroy();
        started.stderr.destroy();
        output.finish();
      });
      return stopping;
    },
  };
}

/** Buffers all output of a pipe, and yields it on demand. */
function drained(pipe: Readable) {
  const waiting: string[] = [];
  let bytes = 0;
  let closed = false;
  let wake: () => void = () => undefined;
  const finish = (): void => {
    closed = true;
    wake();
  };
  pipe.setEncoding('utf8').on('data', (chunk: string) => {
    bytes += Buffer.byteLength(chunk);
    if (bytes > MAX_BYTES) return finish();
    waiting.push(chunk);
    wake();
  });
  pipe.on('close', finish).on('error', finish);

  async function* chunks(): AsyncIterable<string> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) yield chunk;
      else if (closed) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return { chunks, finish, overflowed: () => bytes > MAX_BYTES };
}

/** An agent installed by npm is a script that needs `node` on PATH: the one it was installed with, else our own. */
function pathFor({ command, env }: ChildSpec): string {
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    ...(isAbsolute(command) ? [dirname(command)] : []),
    dirname(process.execPath),
  ];
  return folders.filter((folder) => folder !== '').join(delimiter);
}

export interface Finished extends Exit {
  stdout: string;
  stderr: string;
  timed_out: boolean;
  overflowed: boolean;
}

/** Runs a program until it exits or the signal aborts. Leaves none of its processes behind in either case. */
export async function runToEnd(spec: ChildSpec, signal: AbortSignal, input = ''): Promise<Finished> {
  const child = startChild(spec);
  const abort = (): void => void child.stop();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (input !== '') child.write(input);
    child.end();
    const parts: string[] = [];
    const drained = (async () => {
      for await (const chunk of child.output()) parts.push(chunk);
    })();
    // Do not wait for a grandchild that keeps the pipe open: wait for the exit, then read the rest of the pipe.
    await Promise.race([child.exited, drained.then(() => (child.overflowed() ? undefined : child.exited))]);
    await Promise.race([drained, sleep(GRACE_MS, undefined, { ref: false })]);
    const timed_out = signal.aborted;
    await child.stop();
    return {
      ...(await child.exited),
      stdout: parts.join(''),
      stderr: child.stderr(),
      timed_out,
      overflowed: child.overflowed(),
    };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function stopTree(child: ChildProcess, mark: string, exited: Promise<Exit>): Promise<void> {
  if (child.pid === undefined) return;
  // A child whose input was already closed has had its time to exit.
  if (child.stdin?.writableEnded === false) {
    child.stdin.end();
    await Promise.race([exited, sleep(GRACE_MS, undefined, { ref: false })]);
  }
  await endProcesses(() => marked(mark), { graceMs: GRACE_MS });
  // A program may have removed the mark from its environment. While it runs, its process group is certainly its own.
  try {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The process ended in between.
  }
}

/** All descendants, even those that left the process group and the session: children inherit the mark. */
function marked(mark: string): ProcessEntry[] {
  const entries = [...pidsWithVariable(MARK, mark)].flatMap((pid) => processEntry(pid) ?? []);
  return entries.filter(({ zombie }) => !zombie);
}
