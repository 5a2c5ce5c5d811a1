import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import { isFinal } from '../../machines/worker/state.ts';
import { deliveryWarning } from '../../projections/undelivered.ts';
import { isCutShort } from '../core/limits/at-limit.ts';
import type { WaitCondition } from './wait-for.ts';

/** What was observed of a worker since the last message to it. */
export interface Turn {
  state: WorkerState;
  alive: boolean;
  /** Whether it has its task: until then it is not idle, it has not begun. */
  given: boolean;
  /** Warnings about work that continues: its client retries. */
  retrying: string[];
  /** Why its task, or the last message to it, may not have arrived. */
  undelivered: string[];
  /** Why the watcher fails to watch it, and since when; null if it does not. */
  watchFault: { since: string; error: string } | null;
  /** The position of the last event of the worker. */
  position: number;
  observations: TurnObservation[];
}

/** One observation: the event, and the state that followed. */
export interface TurnObservation {
  event: ObserveEvent;
  state: WorkerState;
  position: number;
  confidence: string;
  question: string | null;
  readiness: string | null;
  warnings: string[];
  rule: string;
  evidence: string[];
}

const noTurn: Turn = {
  state: 'STARTING',
  alive: true,
  given: false,
  retrying: [],
  undelivered: [],
  watchFault: null,
  position: 0,
  observations: [],
};

const plain = { confidence: 'official', question: null, readiness: null, warnings: [], evidence: [] };

/**
 * Folds a worker's events into its current turn. A wait is compared with the whole turn and not only with the moment
 * of the call: nothing that happened between two observes is missed.
 */
export function turnOf(events: Iterable<LedgerEvent>): Turn {
  let turn = noTurn;
  for (const event of events) turn = evolve(turn, event);
  return turn;
}

function evolve(before: Turn, event: LedgerEvent): Turn {
  if (!('state' in event.data)) return before;
  const turn = withoutDoubts(before, event);
  const state = event.data.state;
  const next: Turn = { ...turn, state, position: event.position };
  const withObservation = (moment: ObserveEvent, more: Partial<TurnObservation>): Turn => ({
    ...next,
    retrying: [],
    observations: [
      ...turn.observations,
      { ...plain, event: moment, state, position: event.position, rule: event.type, ...more },
    ],
  });
  switch (event.type) {
    case 'worker.prompt_delivered':
      return {
        ...next,
        given: true,
        undelivered: warned(event),
        observations: afterDelivery(turn, state),
      };
    case 'worker.message_sent':
      return { ...next, given: true, retrying: [], undelivered: [], observations: [] };
    case 'worker.message_delivered':
      return { ...next, undelivered: warned(event) };
    case 'worker.resume_requested':
      // What the process before it showed says nothing about this one.
      return { ...noTurn, state, position: event.position, given: event.data.text === null };
    case 'worker.resume_failed':
      return { ...withObservation('error', { evidence: [event.data.reason] }), alive: false };
    case 'worker.queued':
    case 'worker.requeued':
      return { ...next, alive: true };
    case 'worker.dequeued':
      return { ...withObservation('error', { evidence: [event.data.reason] }), alive: false };
    case 'worker.parked':
      return withObservation('limit_warning', {
        readiness: event.data.because === 'limit' ? 'limit_reached' : 'cut_short',
      });
    case 'worker.park_ended':
      return withObservation('idle', { readiness: 'limit_reached' });
    case 'worker.keys_sent':
      // Keys answer a dialog, which may be a startup dialog.
      return { ...next, retrying: [], observations: [] };
    case 'worker.watch_failed':
      return { ...next, watchFault: { since: event.occurred_at, error: event.data.error } };
    case 'worker.watch_restored':
      return { ...next, watchFault: null };
    case 'worker.retrying':
      return { ...next, retrying: event.data.evidence.map((row) => `retrying: ${row}`) };
    case 'worker.recovered':
      return { ...next, retrying: [] };
    case 'worker.transitioned': {
      const { observe_event, confidence, question, readiness, warnings, rule, evidence } = event.data;
      if (observe_event === 'idle' && !turn.given) return next;
      const held = warned(event);
      // The turn has ended, and its work has not: that is reported as a limit.
      const reported = isCutShort(readiness) ? 'limit_warning' : observe_event;
      const moment = { confidence, question, readiness, rule, evidence };
      return held.length > 0
        ? { ...withObservation(reported, moment), undelivered: held }
        : withObservation(reported, { ...moment, warnings });
    }
    case 'worker.limit_warned': {
      const { rule, evidence } = event.data;
      // A client may retry after a limit: the warning does not end the retries.
      return { ...withObservation('limit_warning', { rule, evidence }), retrying: turn.retrying };
    }
    case 'worker.deadline_exceeded':
      return withObservation('timeout', {});
    case 'worker.exited':
      return {
        ...withObservation(state === 'COMPLETED' ? 'completed' : 'error', exitFacts(event.data)),
        alive: false,
      };
    case 'worker.lost':
    case 'worker.spawn_failed':
      return { ...withObservation('error', { evidence: [event.data.reason] }), alive: false };
    case 'worker.handover_failed':
      return state === 'LOST' && turn.state !== 'LOST'
        ? { ...withObservation('error', { evidence: [event.data.reason] }), alive: false }
        : next;
    case 'worker.terminated':
      // An end of its own, or by its deadline, is the outcome; that it was terminated afterwards is not.
      return { ...(isOver(turn) ? next : withObservation('none', {})), alive: false };
    default:
      return next;
  }
}

/** A worker that works again was not idle: where nothing but stillness had said so, no wait ends for that any more. */
function withoutDoubts(turn: Turn, event: LedgerEvent): Turn {
  if (event.type !== 'worker.transitioned' || event.data.observe_event !== 'screen_changed') return turn;
  const isDoubt = (moment: TurnObservation) => moment.event === 'idle' && moment.confidence === 'unproven';
  return { ...turn, observations: turn.observations.filter((moment) => !isDoubt(moment)) };
}

/** The delivery of the task is recorded after the fact: what a quick worker has printed by then is kept. */
const afterDelivery = ({ observations }: Turn, state: WorkerState): TurnObservation[] =>
  state === 'RUNNING' ? observations.filter(({ event }) => event === 'limit_warning') : observations;

const warned = (event: Parameters<typeof deliveryWarning>[0]): string[] => {
  const warning = deliveryWarning(event);
  return warning === null ? [] : [warning];
};

function exitFacts({ code, signal, result }: { code: number | null; signal: string | null; result: string }) {
  const how = signal ? `ended by signal ${signal}` : `exited with code ${code}`;
  const failed = signal !== null || code !== 0 ? [how] : [];
  return {
    evidence: [how],
    warnings: [...failed, ...(result === 'missing' ? ['no result was printed'] : [])],
  };
}

/** The newest observation of the turn that satisfies the wait; null while there is none. */
export function satisfying(turn: Turn, condition: WaitCondition): TurnObservation | null {
  const found = turn.observations.findLast((moment) => isSatisfiedBy(moment, condition));
  if (found) return found;
  const { state, position } = turn;
  const isAwaited = condition.states.has(state) || (state === 'LOST' && condition.states.has('FAILED'));
  const reached = isAwaited && (turn.given || state !== 'IDLE');
  return reached ? { ...plain, event: 'none', state, position, rule: 'state' } : null;
}

function isSatisfiedBy(
  { event, state, readiness }: TurnObservation,
  { events, states }: WaitCondition,
): boolean {
  if (events.has(event) || states.has(state)) return true;
  // In older releases, a lost worker was a failed one.
  if (state === 'LOST' && states.has('FAILED')) return true;
  const waitsForEnd = events.has('completed') || states.has('COMPLETED');
  // A turn that its agent cut short is over, as is one without a result.
  if (isCutShort(readiness) && state !== 'PARKED') return waitsForEnd || events.has('idle');
  // A model may forget to print its result: the turn is over, and the wait must end.
  return waitsForEnd && event === 'idle' && readiness === 'turn_ended';
}

/** Whether nothing more will happen by itself: the process is gone, or the turn has ended. */
export const isOver = ({ alive, state }: Turn): boolean => !alive || isFinal(state);

/** The newest question of a turn, in the worker's own words. */
export const lastQuestion = ({ observations }: Turn): string | null =>
  observations.findLast(({ question }) => question !== null)?.question ?? null;
