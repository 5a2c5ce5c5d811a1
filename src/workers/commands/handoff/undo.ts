import { rmSync } from 'node:fs';
import { AgentPoolError, errorMessage, isUnwritable } from '../../../lib/errors.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { removeLaunchFiles } from '../../core/launch-folder.ts';
import { recordOutcome, unlessRejected, workerOf } from '../../core/record.ts';
import { moveLeases } from './transfer.ts';

/** Why something could not be done, for an event. */
export const causeOf = (error: unknown): { code: string; reason: string } => ({
  code: error instanceof AgentPoolError ? error.code : 'SPAWN_FAILED',
  reason: redact(errorMessage(error)),
});

/** Records that the work stays with its worker, and removes what was written for a successor that was never requested. */
export function failHandover(
  app: AppContext,
  id: string,
  successor: string,
  cause: { code: string; reason: string },
): void {
  try {
    unlessRejected(() => recordOutcome(app, id, { kind: 'fail_handover', successor, ...cause }));
    if (workerOf(app, successor).state !== null) return;
    removeLaunchFiles(app, successor);
    rmSync(artifactPaths(app.paths.artifacts, successor).dir, { recursive: true, force: true });
  } catch (unrecorded) {
    // The next command records it; the caller gets the error that the handover failed with.
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}

/**
 * Records that a successor could not be started: the work is its predecessor's again, with the leases if that one runs.
 * The folder in which they work is not touched.
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
      if (workerOf(app, predecessor).alive) moveLeases(app, id, predecessor);
      unlessRejected(() => recordOutcome(app, id, { kind: 'fail_spawn', ...cause }));
      unlessRejected(() =>
        recordOutcome(app, predecessor, { kind: 'fail_handover', successor: id, ...cause }),
      );
    });
  } catch (unrecorded) {
    if (!isUnwritable(unrecorded)) throw unrecorded;
  }
}
