import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder that is removed when the test file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-test-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

/** Real processes that run one script and answer questions; killed when the test file is done. */
export interface ProcessPool<Question, Answer> {
  readonly members: readonly ChildProcess[];
  /** Asks all at the same moment, each its own question; answers in the order of the members. */
  askAll(question: (member: number) => Question): Promise<Answer[]>;
  ask(member: number, question: Question): Promise<Answer>;
}

/** Starts `count` processes of a script. Bundles it once: compiling it in each of fifty would take a minute. */
export async function processPool<Question, Answer>(
  script: URL,
  count: number,
  ...args: string[]
): Promise<ProcessPool<Question, Answer>> {
  const bundle = bundled(fileURLToPath(script));
  const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
  const members = Array.from({ length: count }, () => fork(bundle, args, { env, execArgv: [] }));
  after(() => {
    for (const member of members) member.kill('SIGKILL');
  });
  await Promise.all(members.map(said));

  const askAt = async (member: number, question: Question, at: number): Promise<Answer> => {
    const child = members[member];
    if (!child) throw new Error(`no member ${member}`);
    const answer = said(child);
    child.send({ question, at });
    const { result, error } = (await answer) as { result: Answer; error?: string };
    if (error !== undefined) throw new Error(`process ${child.pid}: ${error}`);
    return result;
  };
  return {
    members,
    ask: (member, question) => askAt(member, question, 0),
    askAll: (question) => {
      const at = Date.now() + 50;
      return Promise.all(members.map((_, member) => askAt(member, question(member), at)));
    },
  };
}

/** The next message of a process; a failure when it ends without one. */
function said(child: ChildProcess): Promise<unknown> {
  return new Promise((done, fail) => {
    const ended = (code: number | null, signal: string | null) =>
      fail(new Error(`process ${child.pid} ended (${code ?? signal}) without an answer`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      done(message);
    });
  });
}

/** Compiles a script once for processes that run it; the file is removed when the test file is done. */
export function bundled(script: string): string {
  const outfile = join(temporaryFolder(), basename(script).replace(/\.ts$/, '.cjs'));
  const options = ['--bundle', '--platform=node', '--format=cjs', '--log-level=error'];
  const native = '--external:better-sqlite3';
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [script, ...options, native, `--outfile=${outfile}`]);
  return outfile;
}
