import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateFolder, writePrivateFile } from '../workspace/private-files.ts';
import type { House } from './house.ts';

/** Where the files of one start lie: settings for the one process, nobody's config. There only while it lives. */
export const launchFolder = ({ paths }: Pick<House, 'paths'>, id: string): string => join(paths.run, id);

/** `files` by their path in the folder; readable by the user alone. */
export async function writeLaunchFiles(
  house: House,
  id: string,
  files: Record<string, string>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(launchFolder(house, id), name);
    await makePrivateFolder(dirname(path));
    await writePrivateFile(path, content);
  }
}

export function removeLaunchFiles(house: Pick<House, 'paths'>, id: string): void {
  rmSync(launchFolder(house, id), { recursive: true, force: true });
}
