import Type, { type Static } from 'typebox';
import { ObserveEvent } from '../../events/catalogue/worker.ts';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { changed } from '../../events/store/follow.ts';
import { facts, flag, list, noted, nullable, text } from '../../lib/shapes.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { WatchFault } from '../../projections/sessions/schema.ts';
import { tailLines } from '../../terminal/transcript/transcript.ts';
import { artifactListing } from '../../workspace/artifacts.ts';
import { ArtifactManifest } from '../../workspace/artifacts-schema.ts';
import type { AppContext } from '../core/context.ts';
import type { Detail } from '../core/details.ts';
import { isCutShort } from '../core/limits/at-limit.ts';
import { isWorkerUpToDate } from '../core/watcher/liveness.ts';
import { notAskedFor, workerText } from '../queries/worker-text.ts';
import { WorkerOutput, WorkerText } from '../queries/worker-text-schema.ts';
import { DialogShown } from '../sight/dialogs/dialog.ts';
import { isOver, lastQuestion, satisfying, type Turn, type TurnObservation, turnOf } from '../sight/turn.ts';
import type { WaitCondition } from '../sight/wait-for.ts';
import { reconcileIfNeeded } from './reconcile.ts';

export interface WaitOutcome {
  /** What ended the wait: an observe event, `timeout`, or `none`. */
  event: ObserveEvent;
  moment: TurnObservation | null;
  turn: Turn;
}

/** How often a wait checks that a watcher runs, in milliseconds. */
const RECONCILE_MS = 1000;
/** Node fires longer timers at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface Wait {
  /** Infinity: no timeout. */
  seconds: number;
  /** Ends the wait early. The result is then the current state of the worker, and no timeout. */
  signal: AbortSignal;
  onChange?: (turn: Turn) => void;
  /** false: the caller knows of this moment, and waits for another. */
  isNews?: (moment: TurnObservation) => boolean;
}

/** The moment for which a wait ends: the newest that satisfies it, or the last one when nothing more will happen. */
export const momentOf = (turn: Turn, condition: WaitCondition): TurnObservation | null =>
  satisfying(turn, condition) ?? (isOver(turn) ? (turn.observations.at(-1) ?? null) : null);

/** The worker as of now; with a wait, as of the moment when the condition was met or the time was up. */
export async function awaitWorker(
  app: AppContext,
  session: SessionRow,
  condition: WaitCondition,
  wait: Wait,
): Promise<WaitOutcome> {
  // Not AbortSignal.any with AbortSignal.timeout: in Node 20 it can be garbage-collected before it fires.
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, Math.min(Math.max(0, wait.seconds) * 1000, LONGEST_TIMER));
  wait.signal.addEventListener('abort', end);
  // A signal that has fired, for example by Ctrl-C during the spawn before, fires no event again.
  if (wait.signal.aborted) end();
  try {
    const observed = await waitUntil(app, session, condition, { ...wait, signal: over.signal });
    return wait.signal.aborted && observed.event === 'timeout' ? { ...observed, event: 'none' } : observed;
  } finally {
    clearTimeout(timer);
    wait.signal.removeEventListener('abort', end);
  }
}

async function waitUntil(
  app: AppContext,
  session: SessionRow,
  condition: WaitCondition,
  wait: Wait,
): Promise<WaitOutcome> {
  const { store } = app.ledger;
  const stream = workerStream(session.id);
  let reportedPosition = -1;
  let reconcileAt = performance.now() + RECONCILE_MS;
  let version = 0;
  let turn = turnOf([]);
  for (;;) {
    const counter = store.changeCounter();
    // Every append wakes this: one about another worker costs one look at an index.
    const current = store.version(stream);
    if (current !== version) turn = turnOf(app.ledger.stream(stream));
    version = current;
    if (turn.position !== reportedPosition) wait.onChange?.(turn);
    reportedPosition = turn.position;
    const moment = momentOf(turn, condition);
    if (moment && (wait.isNews?.(moment) ?? true)) return { event: moment.event, moment, turn };
    if (wait.seconds <= 0)
      return {
        event: turn.observations.at(-1)?.event ?? 'none',
        moment: turn.observations.at(-1) ?? null,
        turn,
      };
    if (wait.signal.aborted) return { event: 'timeout', moment: turn.observations.at(-1) ?? null, turn };
    await changed(store, counter, wait.signal, { forMs: reconcileAt - performance.now() });
    if (performance.now() < reconcileAt) continue;
    // If the watcher was killed, the wait would never end.
    if (!isWorkerUpToDate(app.ledger, app.paths, session.id)) await reconcileIfNeeded(app);
    reconcileAt = performance.now() + RECONCILE_MS;
  }
}

export const Observed = Type.Object(
  {
    session_id: text,
    state: WorkerState,
    event: noted(
      ObserveEvent,
      'What ended the wait; `timeout` if nothing did, `none` if nothing was observed.',
    ),
    confidence: text,
    readiness: nullable(text),
    warnings: list(text),
    watch_fault: Type.Optional(noted(WatchFault, 'Only while the watcher fails to watch it.')),
    parsed_question_available: flag,
    parsed_question: Type.Optional(WorkerText),
    dialog: Type.Optional(
      noted(
        nullable(DialogShown),
        'The dialog that waits on the screen; its words only where they are requested.',
      ),
    ),
    worker_output: WorkerOutput,
    artifact_manifest: ArtifactManifest,
    metadata: noted(facts, 'What the observation is based on.'),
  },
  {
    title: 'Observed',
    description: 'The worker as of now, or as of the moment when the condition of the wait was met.',
  },
);
export type Observed = Static<typeof Observed>;

/** An observation as it is printed. It omits what the worker wrote unless `detail` asks for it. */
export function describe(
  session: SessionRow,
  observed: WaitOutcome,
  { detail, maxLines }: { detail: Detail; maxLines: number | null },
): Observed {
  const { moment, turn, event } = observed;
  const question =
    turn.state === 'AWAITING_USER_INPUT' || turn.state === 'AWAITING_APPROVAL' ? lastQuestion(turn) : null;
  return {
    session_id: session.id,
    state: turn.state,
    event,
    confidence: moment?.confidence ?? 'unknown',
    readiness: moment?.readiness ?? null,
    warnings: [...(moment?.warnings ?? []), ...turn.retrying, ...turn.undelivered],
    ...(turn.watchFault && turn.alive ? { watch_fault: turn.watchFault } : {}),
    parsed_question_available: question !== null,
    ...(question !== null && detail !== 'summary'
      ? { parsed_question: workerText(question, detail, null) }
      : {}),
    worker_output:
      detail === 'summary'
        ? notAskedFor
        : workerText(
            tailLines(session.transcript_path, detail === 'full' ? 2000 : 60).join('\n'),
            detail,
            maxLines,
          ),
    artifact_manifest: artifactListing(session.artifact_dir),
    metadata: {
      position: turn.position,
      rule: moment?.rule ?? null,
      result: session.result,
      ...(event === 'idle' && moment?.readiness === 'turn_ended'
        ? { note: 'the turn ended without a result' }
        : {}),
      ...(session.state === 'PARKED' && session.parked ? { parked: JSON.parse(session.parked) } : {}),
      ...(isCutShort(moment?.readiness)
        ? { note: 'the agent ended its turn because its limit is near; the task is not done' }
        : {}),
    },
  };
}
