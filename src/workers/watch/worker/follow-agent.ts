import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { launchFolder } from '../../core/launch-folder.ts';

/** Follows signals that the agent gives in another way than by hooks; null if it gives none. */
export function followAgent(
  app: AppContext,
  session: SessionRow,
  agent: RunnableAgent,
  give: (kind: SignalKind) => void,
): { close(): void } | null {
  const { id, pane_pid: pid } = session;
  if (pid === null) return null;
  return (
    agent.follow?.({ folder: launchFolder(app, id), pid, place: placeOfWorker(app, session) }, give) ?? null
  );
}
