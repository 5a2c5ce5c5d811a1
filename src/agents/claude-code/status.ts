import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Followed, ProgramPlace } from '../contract/launch.ts';
import type { SignalKind } from '../contract/signal-kinds.ts';

/** Where a worker's launch folder says which config folder its Claude has: the watcher may run with other variables. */
const CONFIG_FOLDER = 'claude-config-dir';

/** The launch files that followClaudeStatus reads. */
export const statusFiles = ({ env, home }: ProgramPlace): Record<string, string> => ({
  [CONFIG_FOLDER]: env.CLAUDE_CONFIG_DIR || join(home, '.claude'),
});

export function configFolderOf({ folder, place }: Pick<Followed, 'folder' | 'place'>): string {
  try {
    return readFileSync(join(folder, CONFIG_FOLDER), 'utf8');
  } catch {
    return join(place.home, '.claude');
  }
}

/** The folder is made by the first Claude that ever runs. */
const AGAIN_MS = 1000;

/**
 * Follows the status that Claude Code writes of each of its processes: `sessions/PID.json` of its config folder, with
 * `status` idle, busy or waiting and `waitingFor`. It also reports the end of an interrupted turn,
 * which no hook does. Undocumented, seen with 2.1.330; without the file there are no such signals.
 */
export function followClaudeStatus(
  worker: Followed,
  onSignal: (kind: SignalKind) => void,
): { close(): void } {
  const { pid } = worker;
  const folder = join(configFolderOf(worker), 'sessions');
  const name = `${pid}.json`;
  let last = statusIn(join(folder, name));
  let watcher: FSWatcher | null = null;
  let again: NodeJS.Timeout | undefined;

  const read = () => {
    const now = statusIn(join(folder, name));
    if (now === null || now === last) return;
    last = now;
    onSignal(now);
  };
  const begin = () => {
    try {
      watcher = watch(folder, (_, changed) => {
        if (changed === name || changed === null) read();
      });
      watcher.on('error', () => watcher?.close());
      read();
    } catch {
      again = setTimeout(begin, AGAIN_MS);
    }
  };
  begin();
  return {
    close: () => {
      clearTimeout(again);
      watcher?.close();
    },
  };
}

/** What the file of a process says; null where there is none, or where it is half written. */
function statusIn(path: string): SignalKind | null {
  try {
    const { status, waitingFor } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (status === 'busy') return 'turn_started';
    if (status === 'idle') return 'turn_ended';
    if (status !== 'waiting') return null;
    return waitingFor === 'permission prompt' ? 'approval_wanted' : 'question_asked';
  } catch {
    return null;
  }
}
