import { constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { belongsTo, otherOwner } from '../../lib/files/owner.ts';
import { shell } from '../../lib/text/shell.ts';
import { broken, doubtful, type Finding, fine } from '../core/setup/finding.ts';

const OTHERS = 0o077;
const OTHERS_MAY_ENTER = 0o011;
/** The most entries to check: if something is wrong, the first ones show it. */
const MOST = 20_000;

/**
 * Checks that other users cannot read our folders: folders 0700, files 0600. Below a folder that no other user may
 * enter, only its direct entries are checked. Missing folders are skipped.
 */
export async function checkRights(roots: readonly string[]): Promise<Finding> {
  const existing = outermost(roots).filter((root) => stat(root));
  if (existing.length === 0) return canBeCreated(roots[0] ?? '.');
  const denied = await notWritable(existing);
  if (denied) {
    return broken(
      'permissions',
      `${denied} is not writable by you${belongsTo(denied)}`,
      shell`sudo chown -R "$(id -un)" ${denied}`,
      shell`chmod -R u+rwX ${denied}`,
    );
  }
  const foreign = existing.map(ofAnother).find((path) => path !== null);
  if (foreign) {
    const folder = existing.find((root) => foreign.startsWith(root)) ?? foreign;
    return broken(
      'permissions',
      `${foreign} belongs to ${otherOwner(foreign)?.name ?? 'another user'}, as after a command with sudo`,
      shell`sudo chown -R "$(id -un)" ${folder}`,
    );
  }
  const open = existing.flatMap((root) => openTo(root));
  if (open.length === 0) return fine('permissions', `${existing.join(', ')}: private`);
  const fix = shell`chmod -R go-rwx ${existing}`;
  const [first] = open;
  const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
  const reachable = open.some((entry) => entry.readable);
  const found = `${first?.path} (${first?.mode})${more} ${reachable ? 'can be read by other users' : 'should be private'}`;
  return reachable ? broken('permissions', found, fix) : doubtful('permissions', found, fix);
}

/** For a home that does not exist yet: whether it can be created. */
async function canBeCreated(home: string): Promise<Finding> {
  const above = nearest(home);
  // A dangling link exists, but cannot be entered.
  const usable = statSync(above, { throwIfNoEntry: false })?.isDirectory() && !(await notWritable([above]));
  if (usable) return fine('permissions', 'nothing exists yet; what is created is private');
  const example = shell`ls -ld ${above}`;
  return broken(
    'permissions',
    `${home} cannot be created: ${above} is not a folder that you may write to`,
    example,
  );
}

const nearest = (path: string): string => (stat(path) ? path : nearest(dirname(path)));

/** Without the paths that are inside another of them. */
const outermost = (paths: readonly string[]): string[] =>
  paths.filter((path, index) => !paths.some((other, at) => at !== index && path.startsWith(`${other}/`)));

/** The first file below a folder that belongs to another user; null if there is none, and for root, whom none locks out. */
function ofAnother(root: string): string | null {
  if (process.geteuid?.() === 0) return null;
  let visited = 0;
  const find = (path: string): string | null => {
    visited += 1;
    const stats = stat(path);
    if (!stats || visited > MOST || stats.isSymbolicLink()) return null;
    if (otherOwner(path)) return path;
    if (!stats.isDirectory()) return null;
    for (const name of names(path)) {
      const found = find(join(path, name));
      if (found) return found;
    }
    return null;
  };
  return find(root);
}

interface OpenEntry {
  path: string;
  mode: string;
  /** A file that another user can actually read. */
  readable: boolean;
}

function openTo(root: string): OpenEntry[] {
  const found: OpenEntry[] = [];
  let visited = 0;
  const visit = (path: string, reached: boolean, depth: number) => {
    const stats = stat(path);
    visited += 1;
    if (!stats || visited > MOST || stats.isSymbolicLink() || stats.isSocket()) return;
    const bits = stats.mode & OTHERS;
    if (bits) found.push({ path, mode: octal(stats), readable: reached && stats.isFile() });
    const enterable = reached && (stats.mode & OTHERS_MAY_ENTER) !== 0;
    if (!stats.isDirectory() || (depth > 0 && !enterable)) return;
    for (const name of names(path)) visit(join(path, name), enterable, depth + 1);
  };
  visit(root, true, 0);
  return found;
}

async function notWritable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const allowed = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!allowed) return path;
  }
  return null;
}

const octal = ({ mode }: Stats) => (mode & 0o777).toString(8).padStart(4, '0');

const stat = (path: string) => lstatSync(path, { throwIfNoEntry: false });

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
