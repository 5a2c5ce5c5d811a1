import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { isRunning, processEntry } from '../../lib/process/process-table.ts';
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
const AGAIN_MS = 250;

/**
 * Follows the status that Claude Code writes of each of its processes: `sessions/PID.json` of its config folder, with
 * `status` idle, busy or waiting and `waitingFor`. It also reports the end of an interrupted turn,
 * which no hook does. Undocumented, seen with 2.1.330; without the file there are no such signals.
 */
export function followClaudeStatus(
  worker: Followed,
  onSignal: (kind: SignalKind) => void,
): { close(): void } {
  const folder = join(configFolderOf(worker), 'sessions');
  const own = new OwnProcess(worker.pid);
  let last: SignalKind | null = null;
  let watcher: FSWatcher | null = null;
  let again: NodeJS.Timeout | undefined;

  const statusNow = () => (own.pid === null ? null : statusIn(join(folder, `${own.pid}.json`)));
  const read = (changed: readonly number[]) => {
    own.chooseFrom(changed);
    const now = statusNow();
    if (now === null || now === last) return;
    last = now;
    onSignal(now);
  };
  const begin = () => {
    try {
      watcher = watch(folder, (_, name) => read(name === null ? pidsIn(folder) : pidsOf(name)));
      watcher.on('error', () => watcher?.close());
      read(pidsIn(folder));
    } catch {
      again = setTimeout(begin, AGAIN_MS);
    }
  };
  own.chooseFrom(pidsIn(folder));
  last = statusNow();
  begin();
  return {
    close: () => {
      clearTimeout(again);
      watcher?.close();
    },
  };
}

/**
 * Which of the processes with a status is the worker's agent: the one in the pane, or the one that the shell or a
 * launcher there has started. A Claude that the agent runs as a tool comes later, is further below, and is not followed.
 */
class OwnProcess {
  readonly #root: number;
  pid: number | null = null;

  constructor(root: number) {
    this.#root = root;
  }

  /** Considers processes with a status, unless the one that is known still runs. */
  chooseFrom(pids: readonly number[]): void {
    if (this.pid !== null && isRunning(this.pid)) return;
    let least = Number.POSITIVE_INFINITY;
    for (const pid of pids) {
      const depth = depthBelow(this.#root, pid);
      if (depth === null || depth >= least) continue;
      this.pid = pid;
      least = depth;
    }
  }
}

/** How far a process is below another one; null if it is not. */
function depthBelow(root: number, pid: number): number | null {
  let depth = 0;
  for (let at: number | undefined = pid; at; at = processEntry(at)?.parent) {
    if (at === root) return depth;
    depth++;
  }
  return null;
}

function pidsIn(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap(pidsOf);
  } catch {
    return [];
  }
}

const pidsOf = (name: string): number[] => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []);

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
