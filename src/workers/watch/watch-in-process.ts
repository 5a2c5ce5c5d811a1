import { runnableAgent } from '../../agents/registry.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { terminateOverdue } from '../commands/terminate.ts';
import type { AppContext } from '../core/context.ts';

/** Node fires longer timers at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Watches the worker in this process until it is closed, if the watcher is switched off; null if a watcher does it. */
export async function watchHere(
  app: AppContext,
  session: SessionRow,
): Promise<{ close(): Promise<void> } | null> {
  if (app.config.watcher.enabled || !session.alive || session.pane_pid === null) return null;
  // Loaded late: reading a pane takes a terminal emulator, which few observers need.
  const { WorkerWatch } = await import('./watch-worker.ts');
  const watch = new WorkerWatch(app, session, await runnableAgent(app.config, session.provider_id));
  await watch.start();
  // Not before: a deadline that has already passed would end the worker while its terminal is being opened.
  const deadline = watchDeadline(app, session);
  return {
    async close() {
      await deadline.close();
      await watch.close();
    },
  };
}

function watchDeadline(app: AppContext, session: SessionRow): { close(): Promise<void> } {
  if (session.deadline_at === null) return { close: async () => {} };
  const left = Date.parse(session.deadline_at) - Date.now();
  let ending: Promise<void> | undefined;
  const end = () => {
    ending = terminateOverdue(app, session);
    // `close` throws what failed.
    ending.catch(() => {});
  };
  const timer = setTimeout(end, Math.min(Math.max(0, left), LONGEST_TIMER));
  return {
    async close() {
      clearTimeout(timer);
      await ending;
    },
  };
}
