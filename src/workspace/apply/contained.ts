import { AgentPoolError } from '../../lib/errors.ts';
import type { PatchFile } from '../changes/patch-files.ts';
import { type GitPlace, openPrivateGit, readSettings } from '../git/private-git.ts';
import { isIn, readFilesOf } from './apply.ts';

interface Asked {
  patch: Buffer;
  /** A folder of ours for the private git folder. */
  parent: string;
}

/** Whether the files of a commit are as the patch would make them. Changes nothing in the repository. */
export async function isInCommit(
  place: GitPlace,
  { patch, commit, parent }: Asked & { commit: string },
): Promise<boolean> {
  const { settings } = await readSettings(place.git_dir);
  const view = await openPrivateGit(place, { settings, parent });
  try {
    const read = await view.run(['read-tree', commit], { accept: [0, 128] });
    return read.code === 0 && (await isIn(view, patch));
  } finally {
    await view.close();
  }
}

/** Whether the files of a work tree are as the patch would make them. Changes nothing in it, and in its index. */
export async function isInWorkTree(
  place: GitPlace,
  { patch, files, parent }: Asked & { files: readonly PatchFile[] },
): Promise<boolean> {
  const { settings } = await readSettings(place.git_dir);
  const view = await openPrivateGit(place, { settings, index: `${place.git_dir}/index`, parent });
  try {
    await readFilesOf(view, place, files);
    return await isIn(view, patch);
  } catch (error) {
    // A folder in the place of a file, or a file that cannot be read.
    if (error instanceof AgentPoolError && error.code === 'PATCH_CONFLICT') return false;
    throw error;
  } finally {
    await view.close();
  }
}
