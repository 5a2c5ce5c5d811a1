import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Env } from '../../config/paths.ts';

/** Where programs are looked for. */
export interface SearchPlace {
  env: Env;
  home: string;
  /** This very Node: what npm installed beside it is found without a PATH. */
  execPath: string;
  /** Folders of the whole system that are looked through last; ours when left out. */
  shared_folders?: readonly string[];
}

/** Where package managers put programs for all users. */
const SHARED_FOLDERS = [
  '/opt/homebrew/bin',
  '/usr/local/bin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/usr/bin',
  '/snap/bin',
];

/** PATH first. A host may start us with a bare one (a desktop app, launchd), so the usual folders follow. */
export async function searchPath(place: SearchPlace): Promise<string[]> {
  const { env, home, execPath, shared_folders = SHARED_FOLDERS } = place;
  const given = (env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const inHome = [
    '.local/bin',
    'bin',
    '.npm-global/bin',
    '.bun/bin',
    '.cargo/bin',
    '.opencode/bin',
    '.claude/local',
    '.factory/bin',
    '.grok/bin',
    '.kimi-code/bin',
    '.volta/bin',
    '.asdf/shims',
    '.local/share/mise/shims',
    '.local/share/pnpm',
    'Library/pnpm',
  ];
  const nvm = join(env.NVM_DIR || join(home, '.nvm'), 'versions', 'node');
  const nodes = await readdir(nvm).catch(() => []);
  const newestFirst = nodes
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((version) => join(nvm, version, 'bin'));
  return [
    ...new Set([
      ...given,
      dirname(execPath),
      ...inHome.map((folder) => join(home, folder)),
      ...newestFirst,
      ...shared_folders,
    ]),
  ];
}

/** The whole path of a program; null if no folder has it. */
export async function find(name: string, folders: readonly string[], home: string): Promise<string | null> {
  const expanded = name.startsWith('~/') ? join(home, name.slice(2)) : name;
  const paths = isAbsolute(expanded) ? [expanded] : folders.map((folder) => join(folder, expanded));
  for (const path of paths) {
    if (await isProgram(path)) return path;
  }
  return null;
}

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK)
    .then(() => stat(path))
    .then((found) => found.isFile())
    .catch(() => false);

/**
 * The variables with a PATH on which the program's own helpers are: a script that `node` runs lies beside the `node` of
 * its installation, and a host may have a bare PATH. What is on PATH already stays before it.
 */
export function withProgramFolders<T extends Env>(env: T, program: string): T & { PATH: string } {
  const folders = (env.PATH || '/usr/local/bin:/usr/bin:/bin').split(delimiter).filter(Boolean);
  const own = [...(isAbsolute(program) ? [dirname(program)] : []), dirname(process.execPath)];
  return {
    ...env,
    PATH: [...folders, ...new Set(own.filter((folder) => !folders.includes(folder)))].join(delimiter),
  };
}

/** Helpers that the user may have, and the variable that names another command for each. */
const HELPERS = {
  gh: null,
  codexbar: 'AGENTPOOL_CODEXBAR_COMMAND',
  ccusage: 'AGENTPOOL_CCUSAGE_COMMAND',
} as const;

/** The words that start each helper that is there. None of them is needed. */
export async function findHelpers(place: SearchPlace): Promise<Record<string, readonly string[]>> {
  const folders = await searchPath(place);
  const found = await Promise.all(
    Object.entries(HELPERS).map(async ([name, variable]) => {
      const [given = name, ...rest] =
        (variable === null ? undefined : place.env[variable])?.split(/\s+/).filter(Boolean) ?? [];
      const path = await find(given, folders, place.home);
      return path === null ? [] : [[name, [path, ...rest]] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}
