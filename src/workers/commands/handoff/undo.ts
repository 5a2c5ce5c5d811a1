import { rmSync } from 'node:fs';
import type { EventData } from '../../../events/catalogue/index.ts';
import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import type { AppContext } from '../../core/context.ts';
import { removeLaunchFiles } from '../../core/launch-folder.ts';
import { recordOutcome, unlessRejected, workerOf } from '../../core/record.ts';
import { successorInstead } from './fallbacks.ts';
import { moveLeases } from './transfer.ts';

/** Why something could not be done, for an event. */
export const causeOf = (error: unknown): { code: string; reason: string } => ({
  code: error instanceof AgentPoolError ? error.code : 'SPAWN_FAILED',
  reason: redactedMessage(error),
});

/**
 * Records that the work stays with its worker, and removes what was written for a successor that was never requested. If
 * the worker was ended for it, another one may be asked for in the same step: see `finishHandover`.
 */
export function failHandover(
  app: AppContext,
  id: string,
  successor: string,
  cause: { code: string; reason: string },
): void {
  try {
    app.ledger.store.transaction(() => {
      const { handover } = workerOf(app, id);
      // Another process was faster, and may have passed the work on.
      if (handover?.successor === successor && !handover.done) recordFailure(app, id, successor, cause);
    });
    if (workerOf(app, successor).state !== null) return;
    removeLaunchFiles(app, successor);
    rmSync(artifactPaths(app.paths.artifacts, successor).dir, { recursive: true, force: true });
  } catch (unrecorded) {
    // The next command records it; the caller gets the error that the handover failed with.
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}

/**
 * Records that a successor could not be started: the work is its predecessor's again, with the leases. The folder in which
 * they work is not touched. If the predecessor was ended for it, another one may be asked for, as above.
 */
export function failSuccessor(
  app: AppContext,
  { id, predecessor }: { id: string; predecessor: string },
  cause: { code: string; reason: string },
): void {
  try {
    app.ledger.store.transaction(() => {
      const { alive, started } = workerOf(app, id);
      // Another process ended it in the meantime, or was faster.
      if (!alive || started) return;
      moveLeases(app, id, predecessor);
      unlessRejected(() => recordOutcome(app, id, { kind: 'fail_spawn', ...cause }));
      recordFailure(app, predecessor, id, cause);
    });
  } catch (unrecorded) {
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}

/** The leases of a worker that has ended are released with this, unless another one is to take over. */
function recordFailure(
  app: AppContext,
  id: string,
  successor: string,
  cause: { code: string; reason: string },
): void {
  const instead = successorInstead(workerOf(app, id), requestsOf(app, id), {
    id: app.given().newId(),
    ...cause,
  });
  const failure = { kind: 'fail_handover', successor, ...cause, ...(instead ? { instead } : {}) } as const;
  unlessRejected(() => recordOutcome(app, id, failure));
}

/** What was asked for of the handovers of a worker, oldest first. */
export function requestsOf(app: AppContext, id: string): EventData<'worker.handover_requested'>[] {
  const types = ['worker.handover_requested'];
  return [...app.ledger.events({ stream: workerStream(id), types })].flatMap((event) =>
    event.type === 'worker.handover_requested' ? [event.data] : [],
  );
}
