import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';

/**
 * Real git repositories for tests, in one folder that is removed after the test file, independent of the user's git
 * settings.
 */
export const testRoot = realpathSync(mkdtempSync(join(tmpdir(), 'agentpool-workspace-')));
after(() => rmSync(testRoot, { recursive: true, force: true, maxRetries: 10 }));

process.env.HOME = join(testRoot, 'home');
process.env.GIT_CONFIG_NOSYSTEM = '1';
for (const name of ['XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL']) delete process.env[name];
mkdirSync(process.env.HOME);

let count = 0;

/** A new empty folder. */
export function folder(name = 'folder'): string {
  count += 1;
  const path = join(testRoot, String(count), name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Runs git as a user would, in the foreground. */
export function run(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

export function write(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** The repository that the others are copies of. */
let original: string | undefined;

/** A repository without commits. */
export function emptyRepository(name = 'repo'): string {
  original ??= newRepository();
  const path = folder(name);
  cpSync(original, path, { recursive: true });
  return path;
}

function newRepository(): string {
  const path = folder('original');
  run(path, 'init', '--quiet', '--initial-branch=main', '--template=');
  run(path, 'config', 'user.name', 'Test');
  run(path, 'config', 'user.email', 'test@example.invalid');
  return path;
}

/** A repository with these files in its first commit. */
export function repositoryWith(files: Record<string, string>, name = 'repo'): string {
  const path = emptyRepository(name);
  for (const [file, content] of Object.entries(files)) write(path, file, content);
  commitAll(path, 'first');
  return path;
}

export function commitAll(path: string, message: string): string {
  run(path, 'add', '--all');
  run(path, 'commit', '--quiet', '--allow-empty', '--message', message);
  return run(path, 'rev-parse', 'HEAD');
}
