import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { WatchContext } from '../../core/record.ts';
import { WorkerWatch } from '../worker/watch-worker.ts';

/** Starts the watch of one worker in a process that is no watcher. The build makes a bundle of this module. */
export async function watchAlone(
  app: WatchContext,
  session: SessionRow,
  agent: RunnableAgent,
): Promise<{ close(): Promise<void> }> {
  const watch = new WorkerWatch(app, session, agent);
  await watch.start();
  return watch;
}
