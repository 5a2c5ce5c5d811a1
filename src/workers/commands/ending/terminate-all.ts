import Type, { type Static } from 'typebox';
import { WorkerState } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import { flag, list, noted, text } from '../../../lib/shapes.ts';
import { liveSessions, queuedSessions, type SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { Termination, terminateWorker } from './terminate.ts';

export const Terminations = Type.Object(
  {
    ok: noted(flag, 'Whether every worker was ended.'),
    dry_run: Type.Optional(Type.Literal(true)),
    terminated: list(Termination),
    failed: noted(
      list(
        Type.Object(
          { session_id: text, current_state: WorkerState, code: text, message: text },
          { title: 'FailedTermination' },
        ),
      ),
      'The workers that could not be ended, each with its error; the others are ended all the same.',
    ),
  },
  { title: 'Terminations', description: 'The ends of several workers.' },
);
export type Terminations = Static<typeof Terminations>;

/** How many workers are ended at a time: each takes seconds if its processes ignore HUP and TERM. */
const AT_ONCE = 4;

/**
 * The workers of every coordinator that run, and every request that waits for its start. The requests come first: the
 * end of a worker would let one of them start.
 */
export const terminable = ({ ledger }: AppContext): SessionRow[] => [
  ...queuedSessions(ledger),
  ...liveSessions(ledger),
];

/** Ends each of these workers as `terminateWorker` does; one that cannot be ended does not keep the others alive. */
export async function terminateAll(
  app: AppContext,
  sessions: readonly SessionRow[],
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Terminations> {
  const terminated: Termination[] = [];
  const failed: Terminations['failed'] = [];
  const endOne = async ({ id, state }: SessionRow) => {
    try {
      // A request that waited when the list was made may run by now.
      terminated.push(await terminateWorker(app, sessionNamed(app, id), { dryRun }));
    } catch (error) {
      const code = error instanceof AgentPoolError ? error.code : 'INTERNAL_ERROR';
      failed.push({ session_id: id, current_state: state, code, message: errorMessage(error) });
    }
  };
  const waiting = sessions.filter(({ state }) => state === 'QUEUED');
  const running = sessions.filter(({ state }) => state !== 'QUEUED');
  for (const session of waiting) await endOne(session);
  const rest = running.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const session of rest) await endOne(session);
    }),
  );
  const dry = dryRun ? { dry_run: true as const } : {};
  return { ok: failed.length === 0, ...dry, terminated, failed };
}
