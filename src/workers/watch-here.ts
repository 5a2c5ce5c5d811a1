import type { SessionRow } from '../projections/session-queries.ts';
import type { House } from './house.ts';
import { WorkerWatch } from './watch-worker.ts';

/** Where the watcher is switched off, whoever observes watches for as long as that takes; null where a watcher does it. */
export async function watchHere(house: House, session: SessionRow): Promise<WorkerWatch | null> {
  if (house.config.watcher.enabled || !session.alive || session.pane_pid === null) return null;
  const watch = new WorkerWatch(house, session);
  await watch.start();
  return watch;
}
