import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { debugTrace, errorMessage } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';

/** How a command line ended, and what it printed. */
export interface Said {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export interface Place {
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** The built program. */
export const main = join(packageRoot(), 'dist', 'main.js');

const STUCK_MS = 120_000;

/** Starts `agentpool ...words` as a process. */
export const startProcess = (words: readonly string[], { cwd, env }: Place): ChildProcess =>
  spawn(process.execPath, [main, ...words], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });

export function saidBy(child: ChildProcess): Promise<Said> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (piece) => {
    stdout += piece;
  });
  child.stderr?.setEncoding('utf8').on('data', (piece) => {
    stderr += piece;
  });
  return new Promise((done, fail) => {
    const stuck = setTimeout(() => child.kill('SIGKILL'), STUCK_MS);
    child.on('error', fail).on('close', (code, signal) => {
      clearTimeout(stuck);
      done({ code, signal, stdout, stderr });
    });
  });
}

/** Runs a command line in a process of its own. */
export function runProcess(words: readonly string[], input: string | Buffer, place: Place): Promise<Said> {
  const child = startProcess(words, place);
  child.stdin?.on('error', () => {}).end(input);
  return saidBy(child);
}

/** Commands that use the streams of the process, wait for a signal, or are only answered by the fast path as built. */
const OWN_PROCESS = new Set(['mcp', 'watcher run', 'complete', 'signal', 'help', '--version', '-v']);
const OWN_PROCESS_FLAGS = new Set(['--help', '-h', '--follow', '--watch', '--exec']);
/** What Node reads when it starts, or keeps once it has read it. */
const OWN_PROCESS_VARIABLES = /^(?:NODE_|TZ$|LC_|LANG$)/;

/** Whether a run that has these variables besides those of its home needs a process of its own. */
export const needsProcess = (words: readonly string[], variables: object): boolean =>
  words.slice(0, 2).some((_, index) => OWN_PROCESS.has(words.slice(0, index + 1).join(' '))) ||
  words.some((word) => OWN_PROCESS_FLAGS.has(word)) ||
  Object.keys(variables).some((name) => OWN_PROCESS_VARIABLES.test(name));

type CommandLine = Pick<typeof import('../../cli/agentpool.ts'), 'agentpool'>;
type Loader = typeof import('../../lib/process/bundle.ts');

/** Where the processes of one run of the tests keep compiled code for each other. From Node 22 on, Node does it itself. */
const compiled = process.versions.node.startsWith('20.') ? process.env.NODE_COMPILE_CACHE : undefined;
let loaded: CommandLine | undefined;

/** The built command line: without compiled code, each process takes as long to load it as for several short commands. */
function commandLine(): CommandLine {
  if (loaded) return loaded;
  const dist = join(packageRoot(), 'dist');
  const { cacheCompiledCode, loadBundle }: Loader = createRequire(import.meta.url)(join(dist, 'bundle.js'));
  if (compiled) cacheCompiledCode(compiled);
  loaded = loadBundle(join(dist, 'agentpool.js')) as unknown as CommandLine;
  return loaded;
}

/** The working directory and the environment belong to the whole process, so one run has them at a time. */
let isTaken = false;

/**
 * Runs a command line of the built program in this process: it costs a tenth of a process. Runs it in a process of its
 * own while another run is in this one.
 */
export async function runHere(words: readonly string[], input: string | Buffer, place: Place): Promise<Said> {
  if (isTaken) return runProcess(words, input, place);
  isTaken = true;
  try {
    const leave = enter(place);
    try {
      return await ran(words, input, place);
    } finally {
      leave();
    }
  } finally {
    isTaken = false;
  }
}

async function ran(words: readonly string[], input: string | Buffer, { env }: Place): Promise<Said> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  stdin.end(input);
  const { agentpool } = commandLine();
  const code = await inTime(
    agentpool([...words], { stdin, stdout, stderr, env }).catch((error: unknown) => {
      // As main.ts does.
      stderr.write(`agentpool: ${errorMessage(error)}\n${debugTrace(error, env)}`);
      return 1;
    }),
    `agentpool ${words.join(' ')}`,
  );
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { code, signal: null, stdout: out, stderr: err };
}

/** Fails in place of a command line that does not end. */
async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  let stuck: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    stuck = setTimeout(() => fail(new Error(`${what} does not end`)), STUCK_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(stuck);
  }
}

/** Gives this process the place of a run; returns what gives it back. */
function enter({ cwd, env }: Place): () => void {
  const before = { cwd: process.cwd(), env: { ...process.env } };
  process.chdir(cwd);
  setEnvironment(env);
  return () => {
    process.chdir(before.cwd);
    setEnvironment(before.env);
  };
}

/** Changes process.env in place: only then do os.homedir() and the programs that are started see it. */
function setEnvironment(wanted: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(wanted)) {
    if (process.env[name] !== value) process.env[name] = value;
  }
}
