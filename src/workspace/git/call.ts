import { existsSync } from 'node:fs';
import { AgentPoolError } from '../../lib/errors.ts';
import { processEnvironment } from '../../lib/process/environment.ts';
import { faultText, type ProgramOutput, runShort } from '../../lib/process/start.ts';

const TIMEOUT_MS = 10 * 60_000;

/**
 * All that git gets of the environment of this process. A git hook sets GIT_DIR and friends for the programs that it
 * starts, and a shell may hold tokens that no program of a repository has to see.
 */
export const GIT_VARIABLES = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'XDG_CONFIG_HOME', 'SystemRoot'],
  // Where the settings of the user and of the machine are.
  ...['GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_EXEC_PATH'],
  ...['GIT_CEILING_DIRECTORIES', 'GIT_DISCOVERY_ACROSS_FILESYSTEM'],
];

/**
 * Settings that win over every file of settings. A worker can write to the settings of its repository, and git runs what
 * some of them name: as the user, outside of the worker's sandbox. Filters have names of their own and cannot be
 * switched off here; a command that reads or writes files therefore runs in a private git folder (`private-git.ts`).
 */
const NOTHING_RUNS = Object.entries({
  'core.fsmonitor': 'false',
  'core.hooksPath': '/dev/null',
  'core.pager': 'cat',
  'core.editor': 'false',
  'core.askPass': '',
  'core.sshCommand': 'ssh',
  'core.gitProxy': 'none',
  'credential.helper': '',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'log.showSignature': 'false',
  'protocol.allow': 'never',
  // A housekeeping in the background would outlive the command.
  'gc.auto': '0',
  'maintenance.auto': 'false',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

export interface GitCall {
  /** Written to stdin, which is closed and empty otherwise. */
  input?: string | Uint8Array;
  env?: Record<string, string>;
  /** Exit codes that are an answer and not a failure; [0] by default. */
  accept?: readonly number[];
  /** Larger output is a failure (GIT_TOO_MUCH), so that memory stays bounded. Bytes. */
  maxBytes?: number;
  timeoutMs?: number;
}

export type GitResult = ProgramOutput;

/**
 * Runs one git command in a folder, in a bare environment: no shell, no hook, no pager, no prompt, no network, no
 * fsmonitor, no optional lock. Throws GIT_MISSING (no git, or no such folder), GIT_FAILED (its exit code is not
 * accepted, or it exceeded the time limit), GIT_TOO_MUCH.
 */
export async function git(cwd: string, args: readonly string[], call: GitCall = {}): Promise<GitResult> {
  const { env, accept = [0], timeoutMs = TIMEOUT_MS, ...limits } = call;
  const line = ['--no-pager', ...NOTHING_RUNS, ...args];
  const answer = await runShort('git', line, { ...limits, cwd, env: environment(env), timeoutMs });
  if (answer.fault === null && accept.includes(answer.code)) return answer;
  throw gitError(cwd, args, answer);
}

/** The command's output as text, without the final line end. */
export async function gitText(cwd: string, args: readonly string[], call: GitCall = {}): Promise<string> {
  return (await git(cwd, args, call)).stdout.toString().replace(/\n$/, '');
}

function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = processEnvironment();
  return {
    ...Object.fromEntries(GIT_VARIABLES.map((name) => [name, inherited[name]])),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // A clone without all objects would fetch the missing ones, with a program that its settings name.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    ...extra,
  };
}

export function gitError(cwd: string, args: readonly string[], answer: GitResult): AgentPoolError {
  const { fault } = answer;
  const command = hidePasswords(`git ${args.join(' ')}`);
  const details = {
    cwd,
    command,
    exit_code: answer.code,
    ...(fault?.reason === 'killed' && { signal: fault.signal }),
    stderr: hidePasswords(answer.stderr).trim(),
  };
  const errno = fault?.cause?.code;
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    const message = existsSync(cwd) ? 'git is not installed, or not in PATH.' : `There is no folder ${cwd}.`;
    return new AgentPoolError('GIT_MISSING', message, { ...details, example: 'git --version' }, fault ?? {});
  }
  if (fault?.reason === 'too much') {
    return new AgentPoolError('GIT_TOO_MUCH', `${command} printed more than the limit.`, details);
  }
  if (/No space left|quota exceeded/i.test(details.stderr)) {
    const message = `No space left for git, which works for ${cwd}. Free some, then try again.`;
    return new AgentPoolError('STORAGE_FULL', message, { ...details, example: 'df -h' });
  }
  const ending = fault ? faultText(fault) : `exit code ${answer.code}`;
  const reason = details.stderr || hidePasswords(ending);
  const cause = fault?.cause ? { cause: fault.cause } : {};
  return new AgentPoolError('GIT_FAILED', `${command} failed in ${cwd}: ${reason}`, details, cause);
}

/** Git quotes remote addresses in its errors, with the tokens in them. */
export function hidePasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"]*@/gi, '$1***@');
}
