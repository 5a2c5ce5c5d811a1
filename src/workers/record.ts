import type { LedgerEvent } from '../events/catalogue.ts';
import { AgentPoolError } from '../events/errors.ts';
import { workerDecider } from '../machines/decide-worker.ts';
import { leaseDecider, leaseStream } from '../machines/leases.ts';
import { type Worker, workerStream } from '../machines/worker.ts';
import type { WorkerCommand } from '../machines/worker-commands.ts';
import { redactDeep } from '../workspace/redaction.ts';
import type { House } from './house.ts';
import { removeLaunchFiles } from './launch-folder.ts';

const ENDS = new Set(['worker.spawn_failed', 'worker.exited', 'worker.lost', 'worker.terminated']);

/** Decides and appends what happened to a worker, with notes of the caller; its leases end with it. Throws the decider's rejection. */
export function record(
  house: House,
  id: string,
  command: WorkerCommand,
  notes: Record<string, unknown> = {},
): LedgerEvent[] {
  const options = { actor: house.actor, correlationId: id, metadata: redactDeep(notes) };
  const events = house.ledger.store.transaction(() => {
    house.guard?.();
    const { events } = house.ledger.execute(workerDecider, workerStream(id), command, house.given(), options);
    if (events.some(({ type }) => ENDS.has(type))) releaseLeases(house, id);
    return events;
  });
  if (events.some(({ type }) => ENDS.has(type))) removeLaunchFiles(house, id);
  return events;
}

/** The same where a rejection only says that somebody else was faster, or that it is no news: null then. */
export const recordIfNews = (...what: Parameters<typeof record>): LedgerEvent[] | null =>
  ifNews(() => record(...what));

/** What `append` gives; null where the decider rejects it. */
export function ifNews<T>(append: () => T): T | null {
  try {
    return append();
  } catch (error) {
    if (error instanceof AgentPoolError && error.kind === 'rejected') return null;
    throw error;
  }
}

/** A worker as its decider sees it now. */
export const workerOf = (house: House, id: string): Worker =>
  house.ledger.fold(workerDecider, workerStream(id));

function releaseLeases({ ledger, given, actor }: House, sessionId: string): void {
  const repositories = ledger.all<{ repo_path: string }>(
    'SELECT DISTINCT repo_path FROM leases WHERE session_id = ? AND released_at IS NULL',
    sessionId,
  );
  for (const { repo_path } of repositories) {
    const command = { kind: 'release_session', sessionId, reason: 'the session ended' } as const;
    ledger.execute(leaseDecider, leaseStream(repo_path), command, given(), {
      actor,
      correlationId: sessionId,
    });
  }
}
