import type { EventData } from '../../../events/catalogue/index.ts';
import { errorMessage, isUnwritable } from '../../../lib/errors.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { type SessionRow, sessionById, sessionsHandedOver } from '../../../projections/sessions/queries.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { isHandedOverNow } from '../../core/liveness.ts';
import { workerOf } from '../../core/record.ts';
import { withFiles } from '../../core/session-files.ts';
import { onLimitAfter } from './at-limit.ts';
import { carryOut } from './carry-out.ts';
import { successorOf } from './successor.ts';
import { causeOf, failHandover } from './undo.ts';

const DIED = {
  code: 'REQUESTER_DIED',
  reason: 'the process that handed it over ended before the worker was stopped; the work stays with it',
};

/**
 * Resolves handovers whose process has died before the work was passed on. A worker that still runs keeps its work; where it
 * has been ended for it, the handover is finished: nothing else would go on with the work.
 */
export async function resolveHandovers(app: AppContext): Promise<void> {
  for (const { id } of sessionsHandedOver(app.ledger)) {
    const session = sessionById(app.ledger, id);
    if (!session || session.handing_pid === null || isHandedOverNow(session)) continue;
    const { handover, alive } = workerOf(app, id);
    if (!handover || handover.done) continue;
    if (alive) failHandover(app, id, handover.successor, DIED);
    else await finish(app, withFiles(app.paths.artifacts, session), handover.successor);
  }
}

async function finish(app: AppContext, session: SessionRow, successorId: string): Promise<void> {
  const request = lastRequest(app, session.id);
  if (request?.successor !== successorId) return;
  const { to, keep, note, because } = request;
  const { onLimit: before } = workerOf(app, session.id);
  const onLimit = before && because === 'limit' ? onLimitAfter(before, to) : before;
  const destination = { provider: to.provider_id, model: to.model, account: to.account };
  try {
    const successor = await successorOf(app, session, { to: destination, id: successorId, onLimit });
    // As it was when it was to be handed over.
    await carryOut(app, { ...session, state: request.state }, successor, { keep, note, because });
  } catch (error) {
    // The outcome is recorded; a question to the ledger does not fail because of it.
    if (isUnwritable(error)) throw error;
    failHandover(app, session.id, successorId, causeOf(error));
    process.stderr.write(`agentpool: ${session.id} was not handed over: ${redact(errorMessage(error))}\n`);
  }
}

function lastRequest(app: AppContext, id: string): EventData<'worker.handover_requested'> | undefined {
  const types = ['worker.handover_requested'];
  const events = [...app.ledger.events({ stream: workerStream(id), types })];
  const last = events.at(-1);
  return last?.type === 'worker.handover_requested' ? last.data : undefined;
}
