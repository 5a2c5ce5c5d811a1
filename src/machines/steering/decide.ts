import type { EventData, FoldedEvent } from '../../events/catalogue/index.ts';
import type { SteeringAsk, SteeringCaller } from '../../events/catalogue/steering.ts';
import { accepted, type Decider, type Decision, rejected } from '../../events/decider.ts';
import type { ErrorCode } from '../../lib/error-codes/index.ts';

/** The stream of a request, on both machines. */
export const steeringStream = (requestId: string): string => `steering/${requestId}`;

/** The longest time that a request is taken for valid, in milliseconds, whatever it says itself. */
export const MOST_VALID_MS = 10 * 60_000;

/** A request in the log of one machine: what this one asks, or what it has decided about what another one asks. */
export interface Steering {
  asked: 'not' | 'waits' | 'withdrawn';
  decision: 'none' | 'accepted' | 'refused';
  isDone: boolean;
}

/** A request as the machine that is asked finds it in the log of the other one. */
export interface Request {
  request_id: string;
  from_machine_id: string;
  from_machine: string;
  position: number;
  asked_by: SteeringCaller;
  ask: SteeringAsk['kind'];
  valid_for_ms: number;
  withdrawn: boolean;
}

/** What the machine that is asked knows at the moment of its decision. */
export interface Circumstances {
  /** `fleet.accept` of its config.yaml. */
  accepts: readonly string[];
  /** How old the request is by the clock of the database, in milliseconds. */
  ageMs: number;
  /** The worker that it is about, or that a spawn will start; null if there is none of that id. */
  sessionId: string | null;
  /** The name of this machine. */
  machine: string;
}

type Outcome = Pick<EventData<'steering.carried_out'>, 'result' | 'error'>;

export type SteeringCommand =
  | { kind: 'request'; request: EventData<'steering.requested'> }
  | { kind: 'withdraw'; requestId: string }
  | { kind: 'decide'; request: Request; circumstances: Circumstances }
  | { kind: 'finish'; requestId: string; fromMachineId: string; outcome: Outcome };

/**
 * One decision and one outcome for each request, however often it arrives: only the process that appends
 * `steering.accepted` carries it out.
 */
export const steeringDecider: Decider<Steering, SteeringCommand> = {
  initial: { asked: 'not', decision: 'none', isDone: false },
  evolve: evolveSteering,
  decide: decideSteering,
};

function evolveSteering(steering: Steering, event: FoldedEvent): Steering {
  switch (event.type) {
    case 'steering.requested':
      return { ...steering, asked: 'waits' };
    case 'steering.withdrawn':
      return { ...steering, asked: 'withdrawn' };
    case 'steering.accepted':
      return { ...steering, decision: 'accepted' };
    case 'steering.refused':
      return { ...steering, decision: 'refused' };
    case 'steering.carried_out':
      return { ...steering, isDone: true };
    default:
      return steering;
  }
}

function decideSteering(steering: Steering, command: SteeringCommand): Decision {
  switch (command.kind) {
    case 'request':
      return steering.asked === 'not'
        ? accepted({ type: 'steering.requested', data: command.request })
        : rejected('VERSION_CONFLICT', `Request ${command.request.request_id} was made before.`);
    case 'withdraw':
      return steering.asked === 'waits'
        ? accepted({ type: 'steering.withdrawn', data: { request_id: command.requestId } })
        : accepted();
    case 'decide':
      return steering.decision === 'none' ? decided(command.request, command.circumstances) : accepted();
    case 'finish': {
      const { requestId, fromMachineId, outcome } = command;
      if (steering.decision !== 'accepted' || steering.isDone) return accepted();
      return accepted({
        type: 'steering.carried_out',
        data: { request_id: requestId, from_machine_id: fromMachineId, ...outcome },
      });
    }
  }
}

function decided(request: Request, circumstances: Circumstances): Decision {
  const { valid_for_ms: _, withdrawn: __, ...recorded } = request;
  const { accepts, sessionId } = circumstances;
  const refusal = refusalOf(request, circumstances);
  if (refusal === null && sessionId !== null)
    return accepted({ type: 'steering.accepted', data: { ...recorded, session_id: sessionId } });
  const { code, message } = refusal ?? noSession(circumstances);
  return accepted({
    type: 'steering.refused',
    data: { ...recorded, session_id: sessionId, code, message, accepts: [...accepts] },
  });
}

interface Refusal {
  code: ErrorCode;
  message: string;
}

function refusalOf(
  { ask, valid_for_ms, withdrawn }: Request,
  { accepts, ageMs, machine }: Circumstances,
): Refusal | null {
  if (!accepts.includes(ask)) {
    const others = accepts.length === 0 ? 'nothing' : accepts.join(', ');
    return {
      code: 'FLEET_STEERING_REFUSED',
      message: `${machine} does not accept ${ask} from other machines; it accepts ${others}. Its owner may add it to fleet.accept in the config.yaml of ${machine}.`,
    };
  }
  const validMs = Math.min(valid_for_ms, MOST_VALID_MS);
  // An unknown age counts as too old.
  if (withdrawn || !(ageMs <= validMs))
    return {
      code: 'FLEET_STEERING_EXPIRED',
      message: withdrawn
        ? `The request was withdrawn before ${machine} had decided on it.`
        : `The request reached ${machine} ${seconds(ageMs)} after it was made, and was valid for ${seconds(validMs)}.`,
    };
  return null;
}

const noSession = ({ machine }: Circumstances): Refusal => ({
  code: 'TMUX_SESSION_NOT_FOUND',
  message: `${machine} has no such session.`,
});

const seconds = (ms: number): string =>
  Number.isNaN(ms) ? 'an unknown time' : `${Math.round(ms / 100) / 10} s`;
