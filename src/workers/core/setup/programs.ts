import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Env } from '../../../config/paths.ts';
import { packageRoot } from '../../../lib/package-root.ts';
import { run } from '../../../lib/process/run.ts';
import { broken, type Finding, fine } from './finding.ts';

/** Git supports `rev-parse --path-format` from 2.31 on, tmux `new-session -e` from 3.2 on. */
const LEAST = { git: [2, 31], tmux: [3, 2] } as const;

type Program = keyof typeof LEAST;

/** The path of a program in PATH; null if it has none. */
export function programPath(name: string, env: Env): string | null {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Checks the running Node against the engines of package.json. */
export function checkNode(version = process.versions.node): Finding {
  const { engines } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  if (isAtLeast(version, versionIn(engines.node))) return fine('node', `${version}, at ${process.execPath}`);
  const found = `${version} is too old: ${engines.node} is required`;
  return broken('node', found, 'nvm install --lts', 'brew install node');
}

/** Checks that git or tmux is installed, and new enough. */
export async function checkProgram(name: Program, env: Env): Promise<Finding> {
  const path = programPath(name, env);
  if (!path) return broken(name, 'not installed, or not in PATH', ...install(name));
  const versionText = await versionLine(path, name === 'tmux' ? '-V' : '--version', env);
  if (versionText === null) return broken(name, `${path} does not report its version`, ...install(name));
  const least = LEAST[name];
  const version = /\d[\w.]*/.exec(versionText)?.[0] ?? versionText;
  // `tmux next-3.4` and `tmux master` have no version to compare; the users who build those know what they have.
  if (!/\d/.test(versionText) || isAtLeast(versionText, least)) return fine(name, `${version}, at ${path}`);
  return broken(name, `${version} is too old: ${least.join('.')} is required`, ...install(name));
}

const install = (name: string) => [
  `sudo apt-get install ${name}`,
  `sudo dnf install ${name}`,
  `brew install ${name}`,
];

export async function versionLine(path: string, flag: string, env: Env): Promise<string | null> {
  const { stdout, error } = await run(path, [flag], { env, timeoutMs: 5000 });
  return error ? null : (stdout.trim().split('\n')[0] ?? '');
}

function versionIn(text: string): readonly number[] {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}

function isAtLeast(text: string, [major = 0, minor = 0]: readonly number[]): boolean {
  const [ownMajor = 0, ownMinor = 0] = versionIn(text);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
