import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { AgentPoolError, errorMessage } from '../lib/errors.ts';
import { processEnvironment } from '../lib/process/environment.ts';
import { type Answer, runShort } from '../lib/process/start.ts';

const TIMEOUT_MS = 10 * 60_000;

// Set by git for its hooks, aliases and `git rebase --exec`: an AgentPool that is started from one of them would work
// on that repository and index in place of the requested one.
const INHERITED_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_SHALLOW_FILE',
  'GIT_GRAFT_FILE',
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_TRACE',
  'LANGUAGE',
];

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

export type GitResult = Answer;

/**
 * Runs one git command in a folder: no shell, no pager, no prompt, no fsmonitor daemon, no optional lock. Throws
 * GIT_MISSING (no git, or no such folder), GIT_FAILED (its exit code is not accepted, or it exceeded the time limit),
 * GIT_TOO_MUCH.
 */
export async function git(cwd: string, args: readonly string[], call: GitCall = {}): Promise<GitResult> {
  const { env, accept = [0], timeoutMs = TIMEOUT_MS, ...limits } = call;
  const line = ['--no-pager', '-c', 'core.fsmonitor=false', ...args];
  const answer = await runShort('git', line, { ...limits, cwd, env: environment(env), timeoutMs });
  if (answer.fault === null && accept.includes(answer.code)) return answer;
  throw gitError(cwd, args, answer);
}

/** The command's output as text, without the final line end. */
export async function gitText(cwd: string, args: readonly string[], call: GitCall = {}): Promise<string> {
  return (await git(cwd, args, call)).stdout.toString().replace(/\n$/, '');
}

function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...processEnvironment() };
  for (const name of INHERITED_VARIABLES) delete env[name];
  return {
    ...env,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    ...extra,
  };
}

function gitError(cwd: string, args: readonly string[], answer: GitResult): AgentPoolError {
  const { fault } = answer;
  const command = hidePasswords(`git ${args.join(' ')}`);
  const details = { cwd, command, exit_code: answer.code, stderr: hidePasswords(answer.stderr).trim() };
  const errno = fault?.cause?.code;
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    const message = existsSync(cwd) ? 'git is not installed, or not in PATH.' : `There is no folder ${cwd}.`;
    return new AgentPoolError('GIT_MISSING', message, { ...details, example: 'git --version' }, fault ?? {});
  }
  if (fault?.reason === 'too much') {
    return new AgentPoolError('GIT_TOO_MUCH', `${command} printed more than the limit.`, details);
  }
  const ending = fault?.cause ? errorMessage(fault.cause) : (fault?.reason ?? `exit code ${answer.code}`);
  const reason = details.stderr || hidePasswords(ending);
  const cause = fault?.cause ? { cause: fault.cause } : {};
  return new AgentPoolError('GIT_FAILED', `${command} failed in ${cwd}: ${reason}`, details, cause);
}

/** Git quotes remote addresses in its errors, with the tokens in them. */
export function hidePasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"]*@/gi, '$1***@');
}

export interface Repository {
  /** Top of the working tree that contains the path. */
  root: string;
  /** Top of the repository's main working tree; the repository's own folder when it is bare. */
  main: string;
  /** The git folder of `root`: for a linked worktree `<common_dir>/worktrees/<name>`. */
  git_dir: string;
  common_dir: string;
}

/**
 * The repository whose working tree contains the path, which may be a subfolder or a linked worktree; null outside of
 * any.
 */
export async function findRepository(path: string): Promise<Repository | null> {
  const args = ['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-dir', '--git-common-dir'];
  const answer = await git(path, args, { accept: [0, 128] });
  if (answer.code !== 0) {
    if (/not a git repository|must be run in a work tree/.test(answer.stderr)) return null;
    // For example a folder of another owner: 'no repository' would hide that.
    throw gitError(path, args, answer);
  }
  const [root = '', git_dir = '', common_dir = ''] = answer.stdout.toString().split('\n');
  const main = git_dir === common_dir ? root : await mainOf(common_dir);
  return { root, main, git_dir, common_dir };
}

async function mainOf(commonDir: string): Promise<string> {
  if (basename(commonDir) === '.git') return dirname(commonDir);
  // A submodule, or `init --separate-git-dir`: the git folder's config names its working tree.
  const configured = await git(commonDir, ['config', '--file', 'config', 'core.worktree'], {
    accept: [0, 1],
  });
  const worktree = configured.stdout.toString().trim();
  return worktree ? resolve(commonDir, worktree) : commonDir;
}

/** Top of the working tree that contains the path; null outside of a repository. */
export async function repoRoot(path: string): Promise<string | null> {
  return (await findRepository(path))?.root ?? null;
}

/** The commit of HEAD; null in a repository without commits. */
export async function headCommit(repo: string): Promise<string | null> {
  return resolveRevision(repo, 'HEAD^{commit}');
}

/** The object id of a revision, or null when there is none. */
export async function resolveRevision(repo: string, revision: string): Promise<string | null> {
  const answer = await git(repo, ['rev-parse', '--verify', '--quiet', revision], { accept: [0, 1] });
  return answer.code === 0 ? answer.stdout.toString().trim() : null;
}

/** Whether the working tree has work that is in no commit: staged, unstaged, untracked, or inside a submodule. */
export async function isDirty(root: string): Promise<boolean> {
  const flags = ['--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=none', '--no-renames'];
  return (await git(root, ['status', ...flags])).stdout.length > 0;
}
