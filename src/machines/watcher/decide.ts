import type { FoldedEvent } from '../../events/catalogue/index.ts';
import { accepted, type Decider, type Decision, rejected } from '../../events/decider.ts';

/** Which process watches the panes of an AGENTPOOL_HOME. */
export interface Watcher {
  fence: number;
  holder: { pid: number; started: string } | null;
}

export type WatcherCommand =
  /** `holderIsAlive`: whether the current holder's process still runs, as checked by the caller. */
  | { kind: 'claim'; pid: number; started: string; holderIsAlive: boolean }
  | { kind: 'stop'; fence: number; reason: string };

/** One watcher at a time: a claim is refused while the holder is alive, and raises the fence when it is granted. */
export const watcherDecider: Decider<Watcher, WatcherCommand> = {
  initial: { fence: 0, holder: null },
  evolve: evolveWatcher,
  decide: decideWatcher,
};

function evolveWatcher(watcher: Watcher, event: FoldedEvent): Watcher {
  if (event.type === 'watcher.started') {
    return { fence: event.data.fence, holder: { pid: event.data.pid, started: event.data.started } };
  }
  return event.type === 'watcher.stopped' ? { ...watcher, holder: null } : watcher;
}

function decideWatcher({ fence, holder }: Watcher, command: WatcherCommand): Decision {
  if (command.kind === 'stop') {
    const { reason } = command;
    return command.fence === fence && holder
      ? accepted({ type: 'watcher.stopped', data: { fence, reason } })
      : rejected('WATCHER_SUPERSEDED', 'Another watcher has taken over.', { fence });
  }
  if (holder && command.holderIsAlive) {
    return rejected('WATCHER_RUNS', `Process ${holder.pid} is the watcher already.`, { pid: holder.pid });
  }
  const { pid, started } = command;
  return accepted({ type: 'watcher.started', data: { fence: fence + 1, pid, started } });
}
