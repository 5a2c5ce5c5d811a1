import { runnableAgent } from '../../../agents/registry.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { terminateOverdue } from '../../commands/ending/terminate.ts';
import { Backlog } from '../../core/backlog.ts';
import type { AppContext } from '../../core/context.ts';
import type { WatchContext } from '../../core/record.ts';
import { deadlineOf } from '../reactors/deadline.ts';

/** Node fires longer timers at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Watches the worker in this process until it is closed, if the watcher is switched off; null if a watcher does it. */
export async function watchHere(
  app: AppContext,
  session: SessionRow,
): Promise<{ close(): Promise<void> } | null> {
  if (app.config.watcher.enabled || !session.alive || session.pane_pid === null) return null;
  // Loaded late: few observers have to read a pane themselves.
  const { watchAlone } = await import('./watch-alone.ts');
  const watching = { ...app, backlog: new Backlog(() => app.given().now) };
  const watch = await watchAlone(watching, session, await runnableAgent(app.config, session.provider_id));
  // Not before: a deadline that has already passed would end the worker while its terminal is being opened.
  const deadline = watchDeadline(watching, session);
  return {
    async close() {
      watching.backlog.close();
      await deadline.close();
      await watch.close();
    },
  };
}

function watchDeadline(app: WatchContext, session: SessionRow): { close(): Promise<void> } {
  const deadline = deadlineOf(session);
  if (deadline === null) return { close: async () => {} };
  let ending: Promise<void> | undefined;
  const end = () => {
    ending = terminateOverdue(app, session);
    // `close` throws what failed.
    ending.catch(() => {});
  };
  const timer = setTimeout(end, Math.min(Math.max(0, deadline - monotonic()), LONGEST_TIMER));
  return {
    async close() {
      clearTimeout(timer);
      await ending;
    },
  };
}
