import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../lib/package-root.ts';
import { agentpool } from '../agentpool.ts';
import { assertPublished } from './published.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** Parses the output as one JSON value. */
  json: <T = Record<string, unknown>>() => T;
  /** Parses the output as one JSON value per line. */
  lines: <T = Record<string, unknown>>() => T[];
}

/** Runs a command line in this process with its own streams and environment, without a terminal, as an agent does. */
export async function run(home: string, words: readonly string[], stdin = ''): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const env = { ...process.env, AGENTPOOL_HOME: home, NO_COLOR: '1' };
  const code = await agentpool([...words], { stdin: Readable.from([stdin]), stdout, stderr, env });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  assertPublished(words, out);
  return {
    code,
    stdout: out,
    stderr: err,
    json: () => JSON.parse(out),
    lines: () => out.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line))),
  };
}

/** The program and arguments that run a command line as it is built, in a separate process. */
export const commandLine = (words: readonly string[]): [string, string[]] => [
  process.execPath,
  [join(packageRoot(), 'dist', 'main.js'), ...words],
];

/** Starts a command line in a separate process, for tests of signals, pipes and processes that outlive their caller. */
export function start(
  home: string,
  words: readonly string[],
  env: Record<string, string | undefined> = {},
): ChildProcess {
  const [program, args] = commandLine(words);
  return spawn(program, args, { env: { ...process.env, AGENTPOOL_HOME: home, NO_COLOR: '1', ...env } });
}

/** Waits until the process has ended. Returns its exit code, or the signal that ended it. */
export async function ended(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode ?? 'unknown';
}
