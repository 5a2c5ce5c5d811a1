import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { type SessionRow, sessionById } from '../../../projections/sessions/queries.ts';
import type { SteeringDecision, SteeringOutcome } from '../../../projections/steering/queries.ts';
import { spawnReport } from '../../commands/spawning/spawn-report.ts';
import type { AppContext } from '../../core/context.ts';

const ENDED = 'the watcher was ended';

/**
 * What came of a request that a watcher has accepted before it was ended, from what the ledger has of its effect. It is
 * not carried out again. Null while that is still being found out; `isOver`: it has been for long enough.
 */
export function outcomeFound(
  app: AppContext,
  { ask, session_id, event_id }: SteeringDecision,
  { isOver }: { isOver: boolean },
): SteeringOutcome | null {
  const session = session_id === null ? undefined : sessionById(app.ledger, session_id);
  if (!session) return nothing('the worker was not started');
  const history = app.ledger.stream(workerStream(session.id));
  const effects = history.filter(({ causation_id }) => causation_id === event_id);
  switch (ask) {
    case 'send':
      return sent(session, history, effects, isOver);
    case 'answer':
      return effects.length === 0 ? nothing('no key was pressed') : cutShort('keys may have been pressed');
    case 'terminate':
      return ended(session, history, effects, isOver);
    case 'spawn':
      return spawned(app, session, history, isOver);
  }
}

function sent(
  { id, alive }: SessionRow,
  history: readonly LedgerEvent[],
  effects: readonly LedgerEvent[],
  isOver: boolean,
): SteeringOutcome | null {
  const message = effects.find(({ type }) => type === 'worker.message_sent');
  if (!message) return nothing('nothing was typed');
  const found = { ok: true, session_id: id, event_id: message.position };
  for (const event of history)
    if (event.type === 'worker.message_delivered' && event.data.sent_event_id === message.event_id)
      return done({ ...found, delivery: event.data.delivery, reason: event.data.reason });
  // The watch of the worker finds out what became of it, as long as there is a screen to look at.
  if (alive === 1 && !isOver) return null;
  return done({ ...found, delivery: 'unproven', reason: `${ENDED} while it sent the message` });
}

function ended(
  { id, state, alive }: SessionRow,
  history: readonly LedgerEvent[],
  effects: readonly LedgerEvent[],
  isOver: boolean,
): SteeringOutcome | null {
  const [first] = effects;
  if (!first) return nothing('nothing was ended');
  // A reconcile finishes what a process that was ended has begun.
  if (alive === 1) return isOver ? cutShort('the worker still runs') : null;
  const since = history.filter(({ position }) => position >= first.position);
  return done({
    ok: true,
    session_id: id,
    state,
    current_state: state,
    already_terminated: false,
    would_terminate_tmux: true,
    would_terminate_runtime: true,
    ended: since.flatMap((event) => (event.type === 'worker.terminated' ? event.data.ended : [])),
  });
}

function spawned(
  app: AppContext,
  { id, alive, pane_pid }: SessionRow,
  history: readonly LedgerEvent[],
  isOver: boolean,
): SteeringOutcome | null {
  if (pane_pid !== null) return done(spawnReport(app, id));
  for (const event of history)
    if (event.type === 'worker.spawn_failed') return failed(event.data.code, event.data.reason);
  // A reconcile adopts or undoes what was begun.
  if (alive === 1 && !isOver) return null;
  return cutShort('the worker was requested, and is not known to run');
}

const done = (result: object): SteeringOutcome => ({ result: { ...result }, error: null });

const failed = (code: string, message: string): SteeringOutcome => ({
  result: null,
  error: { code, message, details: {} },
});

const nothing = (what: string): SteeringOutcome =>
  failed('FLEET_STEERING_CUT_SHORT', `Not carried out: ${ENDED} before, and ${what}.`);

const cutShort = (what: string): SteeringOutcome =>
  failed('FLEET_STEERING_CUT_SHORT', `Cut short: ${ENDED} meanwhile, and ${what}.`);
