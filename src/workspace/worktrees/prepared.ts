import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { folderManifest, stampOf } from '../changes/folder-manifest.ts';
import { isRegenerated } from '../changes/regenerated.ts';
import { ignoredWork } from '../changes/work-status.ts';
import { type GitPlace, readSettings } from '../git/private-git.ts';

/** In the git folder of a worktree while it is prepared: no worker has run in it, and nothing in it is work. */
const PREPARING = 'agentpool-preparing';
/** Beside it: the ignored files that the preparation left, which are no work of a worker as long as they are the same. */
const PREPARED = 'agentpool-prepared.json';

/** Says that what is in a worktree is from its preparation, until `endPreparing`; if this process is killed, it goes. */
export const beginPreparing = (git_dir: string): Promise<void> =>
  writePrivateFile(join(git_dir, PREPARING), '');

/** Whether a worktree is prepared, or was when its creator was killed. */
export const isPreparing = (git_dir: string): boolean => existsSync(join(git_dir, PREPARING));

/** Remembers the ignored files of a prepared worktree: a cleanup need not stop at them. A worker may run from now on. */
export async function endPreparing(place: GitPlace): Promise<void> {
  const { git_dir, root } = place;
  const { settings } = await readSettings(git_dir);
  const ignored = await ignoredWork(place, { settings, parent: git_dir });
  const known = ignored.flatMap((name) => {
    const print = isRegenerated(name) ? null : printOf(root, name);
    return print === null ? [] : [[name, print] as const];
  });
  await writePrivateFile(join(git_dir, PREPARED), JSON.stringify(Object.fromEntries(known)));
  await leavePreparing(git_dir);
}

/** Ends a preparation that left no ignored files. */
export const leavePreparing = (git_dir: string): Promise<void> =>
  rm(join(git_dir, PREPARING), { force: true });

/** Which of the ignored files of a worktree are not as its preparation left them. */
export function changedSincePrepared({ root, git_dir }: GitPlace, ignored: readonly string[]): string[] {
  const known = prepared(git_dir);
  return ignored.filter((name) => {
    const before = known[name];
    return before === undefined || printOf(root, name) !== before;
  });
}

/** What reveals a change of an ignored file, or of a folder that is ignored as a whole; null for one with too many files. */
function printOf(root: string, name: string): string | null {
  if (!name.endsWith('/')) return stampOf(join(root, name));
  const { files, complete } = folderManifest(join(root, name));
  return complete ? JSON.stringify(Object.entries(files).sort()) : null;
}

function prepared(git_dir: string): Record<string, unknown> {
  try {
    const known: unknown = JSON.parse(readFileSync(join(git_dir, PREPARED), 'utf8'));
    return typeof known === 'object' && known !== null ? { ...known } : {};
  } catch {
    return {};
  }
}
