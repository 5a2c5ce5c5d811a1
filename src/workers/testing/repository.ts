import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Env = Record<string, string>;

export const gitIn = (cwd: string, env: Env, ...words: string[]): string =>
  execFileSync('git', words, { cwd, env, encoding: 'utf8' }).trimEnd();

/** The repository that the others are copies of: five runs of git for each of a hundred homes add up. */
let original: string | undefined;

/** Makes a git repository with one commit, of a.txt. */
export function makeRepository(folder: string, env: Env): void {
  original ??= newRepository(env);
  cpSync(original, folder, { recursive: true, preserveTimestamps: true });
}

function newRepository(env: Env): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-repository-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  gitIn(folder, env, 'init', '--quiet', '--initial-branch=main', '--template=');
  gitIn(folder, env, 'config', 'user.name', 'Test');
  gitIn(folder, env, 'config', 'user.email', 'test@example.invalid');
  writeFileSync(join(folder, 'a.txt'), 'hello\n');
  gitIn(folder, env, 'add', '.');
  gitIn(folder, env, 'commit', '--quiet', '--message', 'first');
  return folder;
}
