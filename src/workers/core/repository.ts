import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';

/** The canonical path of the folder that a worker works on. @throws INVALID_REQUEST if there is no such folder. */
export function repositoryFolder(path: string): string {
  const absolute = resolve(path);
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return realpathSync.native(absolute);
  throw new AgentPoolError(
    'INVALID_REQUEST',
    stat ? `${absolute} is a file; --repo takes a folder.` : `There is no folder ${absolute}.`,
    {
      repo: absolute,
      example: 'agentpool spawn --provider fake-question --repo . --task "Look for the parser"',
    },
  );
}
