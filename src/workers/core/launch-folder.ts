import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { makePrivateFolder } from '../../lib/files/private-files.ts';
import type { AppContext } from './context.ts';

/** The folder with the files of one start: settings for this process only. It exists while the worker is alive. */
export const launchFolder = ({ paths }: Pick<AppContext, 'paths'>, id: string): string => join(paths.run, id);

/** The file whose lock a process holds while it types into the worker. */
export const typingLock = ({ paths }: Pick<AppContext, 'paths'>, id: string): string =>
  join(paths.run, 'typing', `${id}.lock`);

/** Writes `files`, keyed by their path in the folder, readable only by the user. */
export async function writeLaunchFiles(
  app: AppContext,
  id: string,
  files: Record<string, string>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(launchFolder(app, id), name);
    await makePrivateFolder(dirname(path));
    await writePrivateFile(path, content);
  }
}

export function removeLaunchFiles(app: Pick<AppContext, 'paths'>, id: string): void {
  rmSync(launchFolder(app, id), { recursive: true, force: true });
  // Nothing is typed into a worker that has ended, so that a process that still waits for this lock is refused.
  rmSync(typingLock(app, id), { force: true });
}
