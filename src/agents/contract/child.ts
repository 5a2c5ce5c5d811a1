import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { delimiter, dirname, isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessEntry, pidsWithVariable, processEntry } from '../../lib/process/process-table.ts';
import { endProcesses } from '../../lib/process/processes.ts';

/** Marks everything that a child starts, so that what left its process group is found again. */
const MARK = 'AGENTPOOL_CHILD';
const MAX_BYTES = 16 * 1024 * 1024;
const STDERR_BYTES = 16 * 1024;
/** What a program gets to end by itself when its input is closed, and again after TERM. */
const GRACE_MS = 400;

export interface ChildSpec {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** ENOENT, EACCES: the program could not be started at all. */
  error: string | null;
}

/** A program that is talked to over its pipes. Both are always drained, so that it never blocks on them. */
export interface Child {
  write(text: string): void;
  end(): void;
  /** Each chunk of stdout, until it closes. More than 16 MiB end the child. */
  output(): AsyncIterable<string>;
  /** The last 16 KiB of stderr. */
  stderr(): string;
  overflowed(): boolean;
  exited: Promise<Exit>;
  /** Input closed, then TERM, then KILL, to the whole tree. Returns when nothing of it is left. */
  stop(): Promise<void>;
}

export function startChild(spec: ChildSpec): Child {
  const mark = randomUUID();
  const started = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env, PATH: pathFor(spec), [MARK]: mark } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    // An own process group: TERM and KILL reach what a shell script started, and Ctrl-C does not.
    detached: true,
  });
  let tail = '';
  const output = drained(started.stdout);
  started.stdin.on('error', () => undefined); // EPIPE: it ended before it read our question
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

/** Takes all that comes out of a pipe, and hands it on as it is asked for. */
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

/** An agent of npm is a script that looks for `node` on PATH: what it was installed beside, else our own. */
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

/** Runs a program to its end, or until the signal aborts; nothing that it started is left in either case. */
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
    // A grandchild that keeps the pipe open must not keep us: the exit counts, then the pipe's rest.
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
  // One whose input had ended before was given its time already.
  if (child.stdin?.writableEnded === false) {
    child.stdin.end();
    await Promise.race([exited, sleep(GRACE_MS, undefined, { ref: false })]);
  }
  await endProcesses(() => marked(mark), { graceMs: GRACE_MS });
  // A program may have taken the mark out of its environment: while it runs, its group is surely its own.
  try {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it ended in between
  }
}

/** What it started, wherever that went: a child inherits the mark, also one that left the group and the session. */
function marked(mark: string): ProcessEntry[] {
  const entries = [...pidsWithVariable(MARK, mark)].flatMap((pid) => processEntry(pid) ?? []);
  return entries.filter(({ zombie }) => !zombie);
}
