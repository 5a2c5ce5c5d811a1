import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { CommandRejected } from '../../events/decider.ts';
import { leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import { workerDecider } from '../../machines/worker/decide.ts';
import { type Worker, workerStream } from '../../machines/worker/state.ts';
import { repositoriesLeasedBy } from '../../projections/leases/queries.ts';
import { redactDeep } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from './context.ts';
import { removeLaunchFiles } from './launch-folder.ts';

const ENDS = new Set(['worker.spawn_failed', 'worker.exited', 'worker.lost', 'worker.terminated']);

/** Decides and appends what happened to a worker, with notes of the caller; its leases end with it. Throws the decider's rejection. */
export function record(
  app: AppContext,
  id: string,
  command: WorkerCommand,
  notes: Record<string, unknown> = {},
): LedgerEvent[] {
  const options = { actor: app.actor, correlationId: id, metadata: redactDeep(notes) };
  const events = app.ledger.store.transaction(() => {
    app.guard?.();
    const { events } = app.ledger.execute(workerDecider, workerStream(id), command, app.given(), options);
    if (events.some(({ type }) => ENDS.has(type))) releaseLeases(app, id);
    return events;
  });
  if (events.some(({ type }) => ENDS.has(type))) removeLaunchFiles(app, id);
  return events;
}

/** The same where a rejection only says that somebody else was faster, or that it is no news: null then. */
export const recordUnlessRejected = (...what: Parameters<typeof record>): LedgerEvent[] | null =>
  unlessRejected(() => record(...what));

/** What `append` gives; null where the decider rejects it. */
export function unlessRejected<T>(append: () => T): T | null {
  try {
    return append();
  } catch (error) {
    if (error instanceof CommandRejected) return null;
    throw error;
  }
}

/** A worker as its decider sees it now. */
export const workerOf = (app: AppContext, id: string): Worker =>
  app.ledger.fold(workerDecider, workerStream(id));

function releaseLeases({ ledger, given, actor }: AppContext, sessionId: string): void {
  for (const repo_path of repositoriesLeasedBy(ledger, sessionId)) {
    const command = { kind: 'release_session', sessionId, reason: 'the session ended' } as const;
    ledger.execute(leaseDecider, leaseStream(repo_path), command, given(), {
      actor,
      correlationId: sessionId,
    });
  }
}
