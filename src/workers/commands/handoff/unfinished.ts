import type { EventData } from '../../../events/catalogue/index.ts';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { type SessionRow, sessionById, sessionsHandedOver } from '../../../projections/sessions/queries.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import type { AppContext } from '../../core/context.ts';
import { workerOf } from '../../core/record.ts';
import { withFiles } from '../../core/sessions/session-files.ts';
import { isHandedOverNow } from '../../core/watcher/liveness.ts';
import { carryOut } from './carry-out.ts';
import { onLimitAfter } from './fallbacks.ts';
import { type Successor, successorOf } from './successor.ts';
import { causeOf, failHandover, requestsOf } from './undo.ts';

type Request = EventData<'worker.handover_requested'>;

const DIED = {
  code: 'REQUESTER_DIED',
  reason: 'the process that handed it over ended before the worker was stopped; the work stays with it',
};

/**
 * Resolves handovers whose process has died before the successor was started. A worker that was not touched yet keeps its
 * work; where it has been stopped at its limit, or ended, the handover is finished: nothing else would go on with the work.
 */
export async function resolveHandovers(app: AppContext): Promise<void> {
  for (const { id } of sessionsHandedOver(app.ledger)) {
    const session = sessionById(app.ledger, id);
    if (!session || session.handing_pid === null || isHandedOverNow(session)) continue;
    const { handover, alive } = workerOf(app, id);
    if (!handover || handover.done) continue;
    if (alive && !isStoppedAtLimit(app, id)) failHandover(app, id, handover.successor, DIED);
    else await finishHandover(app, id);
  }
}

/** Whether it was interrupted for a handover because of its limit: its screen may not show the limit any more. */
function isStoppedAtLimit(app: AppContext, id: string): boolean {
  const types = ['worker.handover_requested', 'worker.interrupted'];
  const [before, last] = [...app.ledger.events({ stream: workerStream(id), types })].slice(-2);
  return (
    last?.type === 'worker.interrupted' &&
    before?.type === 'worker.handover_requested' &&
    before.data.because === 'limit'
  );
}

/**
 * Carries out the handover that is pending, and where its successor cannot be started, the one that is asked for instead.
 * Returns who has taken over; null if no other has: the worker is lost then, and may be resumed or handed over.
 */
export async function finishHandover(app: AppContext, id: string): Promise<string | null> {
  for (;;) {
    const { handover } = workerOf(app, id);
    if (handover === null || handover.done) return handover?.successor ?? null;
    const session = sessionById(app.ledger, id);
    const request = requestsOf(app, id).at(-1);
    if (!session || request?.successor !== handover.successor) return null;
    try {
      await finish(app, withFiles(app.paths.artifacts, session), request);
    } catch (error) {
      // The outcome is recorded; a question to the ledger does not fail because of it.
      if (!(error instanceof AgentPoolError) || isUnwritable(error)) throw error;
      process.stderr.write(
        `agentpool: ${id} was not handed over to ${request.to.provider_id}: ${redactedMessage(error)}\n`,
      );
      // Others hold it.
      if (workerOf(app, id).handover?.successor === handover.successor) return null;
    }
  }
}

async function finish(app: AppContext, session: SessionRow, request: Request): Promise<void> {
  const { to, keep, note, because, successor: id } = request;
  const { onLimit: before } = workerOf(app, session.id);
  const onLimit = before && because === 'limit' ? onLimitAfter(before, to) : before;
  const destination = { provider: to.provider_id, model: to.model, account: to.account };
  let successor: Successor;
  try {
    successor = await successorOf(app, session, { to: destination, id, onLimit });
  } catch (error) {
    if (!isUnwritable(error)) failHandover(app, session.id, id, causeOf(error));
    throw error;
  }
  // As it was when it was to be handed over.
  await carryOut(app, { ...session, state: stateAtFirst(app, session.id) }, successor, {
    keep,
    note,
    because,
  });
}

/** The state in which it was when it was to be handed over first: that it was ended since says nothing of its work. */
function stateAtFirst(app: AppContext, id: string): WorkerState {
  const requests = requestsOf(app, id);
  const last = requests.at(-1);
  if (!last) throw new Error(`the ledger has no handover of ${id}`);
  return (requests.findLast(({ state }) => state !== 'LOST') ?? last).state;
}
