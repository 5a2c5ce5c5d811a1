import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Connection } from '../../events/store/connection.ts';
import { isWithin } from '../../lib/files/within.ts';
import { NONE, plus } from './sums.ts';
import type { TokenRow } from './tokens-schema.ts';

/** A worktree and the repository that it belongs to, both as folders. It may be gone by now. */
export interface KnownWorktree {
  worktree: string;
  repository: string;
}

/**
 * The same folder in the main working tree of its repository; null if it is in no linked worktree. Read from git's own
 * files: a process for each folder would take longer than all logs.
 */
export function inMainTree(folder: string): string | null {
  for (let top = folder; ; top = dirname(top)) {
    const link = join(top, '.git');
    const stat = statSync(link, { throwIfNoEntry: false });
    if (stat) return stat.isFile() ? mainTreeOf(link, relative(top, folder)) : null;
    if (dirname(top) === top) return null;
  }
}

function mainTreeOf(link: string, rest: string): string | null {
  const [, target] = /^gitdir: (.+)$/m.exec(readFileSync(link, 'utf8')) ?? [];
  if (!target) return null;
  const entry = resolve(dirname(link), target.trim());
  // A submodule has a git folder of its own, without this file.
  if (!existsSync(join(entry, 'commondir'))) return null;
  const common = resolve(entry, readFileSync(join(entry, 'commondir'), 'utf8').trim());
  // Of a bare repository there is only the git folder.
  return join(basename(common).startsWith('.') ? dirname(common) : common, rest);
}

/** Stores where folders belong while they are there: worktrees come and go, their tokens stay. */
export function noteWorktrees(connection: Connection, folders: Iterable<string>): void {
  for (const folder of folders) {
    const project = attempt(() => inMainTree(folder));
    if (project) connection.prepare('INSERT OR REPLACE INTO worktrees VALUES (?, ?)').run(folder, project);
    else if (project === null && existsSync(folder))
      connection.prepare('DELETE FROM worktrees WHERE folder = ?').run(folder);
  }
}

/** Undefined where it cannot be read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The rows by project, those of a worktree added to the project that it belongs to, the largest first. */
export function byRepository(
  rows: readonly TokenRow[],
  connection: Connection,
  known: readonly KnownWorktree[],
): TokenRow[] {
  const noted = connection.prepare('SELECT folder, project FROM worktrees').all() as {
    folder: string;
    project: string;
  }[];
  const projects = new Map(noted.map(({ folder, project }) => [folder, project]));
  const projectOf = (folder: string): string => {
    const place = known.find(({ worktree }) => isWithin(folder, worktree));
    const here = place ? join(place.repository, relative(place.worktree, folder)) : folder;
    return projects.get(folder) ?? projects.get(here) ?? here;
  };
  const merged = new Map<string, TokenRow>();
  for (const row of rows) {
    const group = row.group === null ? null : projectOf(row.group);
    const name = JSON.stringify([row.provider_id, group]);
    const sum = plus(merged.get(name) ?? NONE, row);
    merged.set(name, { ...sum, provider_id: row.provider_id, group });
  }
  return [...merged.values()].sort((a, b) => b.input + b.output - a.input - a.output);
}
