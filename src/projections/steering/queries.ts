import type { SteeringAsk, SteeringCaller } from '../../events/catalogue/steering.ts';
import type { Rows } from '../reader.ts';

/** What the machine of a log asks of another one. */
export interface SteeringRequest {
  request_id: string;
  /** In the log of the machine that asks. */
  position: number;
  /** By the clock of that machine. */
  requested_at: string;
  valid_for_ms: number;
  asked_by: SteeringCaller;
  ask: SteeringAsk;
  withdrawn: boolean;
}

interface RequestRow {
  request_id: string;
  position: number;
  requested_at: string;
  valid_for_ms: number;
  coordinator: string;
  actor: string;
  ask: string;
  withdrawn: 0 | 1;
}

/** What the machine of a log asks of this one behind a position of that log, in order. */
export const requestsOf = (
  rows: Rows,
  machineId: string,
  { after, limit }: { after: number; limit: number },
): SteeringRequest[] =>
  rows
    .all<RequestRow>(
      `SELECT request_id, position, requested_at, valid_for_ms, coordinator, actor, ask, withdrawn
       FROM steering_requests WHERE machine_id = ? AND position > ? ORDER BY position LIMIT ?`,
      machineId,
      after,
      limit,
    )
    .map(({ coordinator, actor, ask, withdrawn, ...request }) => ({
      ...request,
      asked_by: { coordinator, actor },
      ask: JSON.parse(ask) as SteeringAsk,
      withdrawn: withdrawn === 1,
    }));

/** The decision of a machine about a request, and what came of it. */
export interface SteeringDecision {
  request_id: string;
  /** The event of the decision. */
  event_id: string;
  from_machine_id: string;
  ask: SteeringAsk['kind'];
  session_id: string | null;
  /** Why it was refused; null if it was accepted. */
  refusal: { code: string; message: string; accepts: string[] } | null;
  /** Null while it is carried out. */
  outcome: SteeringOutcome | null;
}

export interface SteeringOutcome {
  result: Record<string, unknown> | null;
  error: { code: string; message: string; details: Record<string, unknown> } | null;
}

interface DecisionRow {
  request_id: string;
  event_id: string;
  from_machine_id: string;
  ask: SteeringAsk['kind'];
  session_id: string | null;
  code: string | null;
  message: string | null;
  accepts: string | null;
  done: 0 | 1;
  result: string | null;
  error: string | null;
}

const SELECT = `SELECT request_id, event_id, from_machine_id, ask, session_id, code, message, accepts, done, result, error
  FROM steering_decisions`;

const decisionOf = (row: DecisionRow): SteeringDecision => ({
  request_id: row.request_id,
  event_id: row.event_id,
  from_machine_id: row.from_machine_id,
  ask: row.ask,
  session_id: row.session_id,
  refusal:
    row.code === null
      ? null
      : { code: row.code, message: row.message ?? '', accepts: JSON.parse(row.accepts ?? '[]') },
  outcome:
    row.done === 1
      ? { result: row.result && JSON.parse(row.result), error: row.error && JSON.parse(row.error) }
      : null,
});

/** What the machine of a log has decided about a request of another machine; null if it has not. */
export function steeringDecision(
  rows: Rows,
  requestId: string,
  fromMachineId: string,
): SteeringDecision | null {
  const row = rows.get<DecisionRow>(
    `${SELECT} WHERE request_id = ? AND from_machine_id = ?`,
    requestId,
    fromMachineId,
  );
  return row ? decisionOf(row) : null;
}

/** The requests that were accepted and have no outcome. */
export const unfinishedSteering = (rows: Rows): SteeringDecision[] =>
  rows.all<DecisionRow>(`${SELECT} WHERE done = 0 AND code IS NULL`).map(decisionOf);

/** The position of the last request of a machine that was decided on: they are decided in their order. */
export const lastDecided = (rows: Rows, fromMachineId: string): number =>
  rows.get<{ position: number | null }>(
    'SELECT max(asked_position) AS position FROM steering_decisions WHERE from_machine_id = ?',
    fromMachineId,
  )?.position ?? 0;
