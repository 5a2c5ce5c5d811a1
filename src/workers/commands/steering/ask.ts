import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SteeringAsk } from '../../../events/catalogue/steering.ts';
import { memberIn } from '../../../fleet/membership.ts';
import type { OtherMachine } from '../../../fleet/replicas/others.ts';
import { replicaFile } from '../../../fleet/replicas/replica.ts';
import { readState } from '../../../fleet/state-file.ts';
import { type ErrorCode, isErrorCode } from '../../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import {
  MOST_VALID_MS,
  type SteeringCommand,
  steeringDecider,
  steeringStream,
} from '../../../machines/steering/decide.ts';
import { openReader, type Reader } from '../../../projections/reader.ts';
import { type SteeringDecision, steeringDecision } from '../../../projections/steering/queries.ts';
import { steering } from '../../../projections/steering/steering.ts';
import { redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { ensureWatcher } from '../../core/watcher/watcher-process.ts';
import { assertTextFits } from '../../core/words/given-text.ts';

/** How long another machine may take, in milliseconds. */
export interface Patience {
  /** To decide. A request that is older is refused there. */
  decisionMs: number;
  /** To carry it out, from then on. */
  outcomeMs: number;
}

export const PATIENCE: Patience = { decisionMs: 30_000, outcomeMs: 120_000 };

/** How long a decision may be on its way that was made at the last moment, in milliseconds. */
const ON_ITS_WAY_MS = 2000;
const POLL_MS = 30;

export interface AskOptions {
  patience?: Patience;
  signal?: AbortSignal;
}

/**
 * Asks another machine of the fleet to do something, and waits for what comes of it: returns what the same command
 * prints there. The request is an event of this machine's log, which the watcher ships; the answer is one of the other
 * machine's.
 * @throws FLEET_STEERING_SECRET, FLEET_STEERING_UNANSWERED, FLEET_STEERING_UNFINISHED, what the other machine refuses it
 * with, and what the command fails with there
 */
export async function askMachine(
  app: AppContext,
  machine: OtherMachine,
  ask: SteeringAsk,
  { patience = PATIENCE, signal }: AskOptions = {},
): Promise<Record<string, unknown>> {
  const { machineId } = memberIn(app.ledger.store);
  assertTextFits('What is asked of the other machine', JSON.stringify(ask), 'agentpool fleet status');
  assertNoSecret(ask);
  assertLinked(app, machine);
  const requestId = randomUUID();
  const { coordinator, actor } = app;
  record(app, requestId, {
    kind: 'request',
    request: {
      request_id: requestId,
      machine_id: machine.machineId,
      valid_for_ms: Math.min(patience.decisionMs, MOST_VALID_MS),
      asked_by: { coordinator, actor },
      ask,
    },
  });
  ensureWatcher(app);
  const answers = new Answers(replicaFile(app.paths.fleet, machine.machineId), requestId, machineId);
  try {
    return await outcomeOf(app, machine, { answers, requestId, patience, signal });
  } finally {
    answers.close();
  }
}

interface Awaited {
  answers: Answers;
  requestId: string;
  patience: Patience;
  signal: AbortSignal | undefined;
}

async function outcomeOf(
  app: AppContext,
  machine: OtherMachine,
  { answers, requestId, patience, signal }: Awaited,
): Promise<Record<string, unknown>> {
  let decision = await answers.until(() => true, patience.decisionMs, signal);
  if (!decision) {
    record(app, requestId, { kind: 'withdraw', requestId });
    decision = await answers.until(() => true, ON_ITS_WAY_MS);
  }
  if (!decision) throw unanswered(app, machine, requestId, patience);
  const { refusal } = decision;
  if (refusal)
    throw asError(refusal, { machine: machine.name, request_id: requestId, accepts: refusal.accepts });
  const done = await answers.until(({ outcome }) => outcome !== null, patience.outcomeMs, signal);
  const outcome = done?.outcome;
  if (!outcome) throw unfinished(machine, requestId, decision);
  if (outcome.error) {
    const { details } = outcome.error;
    throw asError(outcome.error, { ...details, machine: machine.name, request_id: requestId });
  }
  return { ...outcome.result, machine: machine.name };
}

/** What another machine answers, in the log that is fetched of it. */
class Answers {
  readonly #file: string;
  readonly #requestId: string;
  readonly #selfId: string;
  #reader: Reader | null = null;

  constructor(file: string, requestId: string, selfId: string) {
    this.#file = file;
    this.#requestId = requestId;
    this.#selfId = selfId;
  }

  /** The decision once it is as stated; null if it was not in time. */
  async until(
    is: (decision: SteeringDecision) => boolean,
    forMs: number,
    signal?: AbortSignal,
  ): Promise<SteeringDecision | null> {
    for (const end = monotonic() + forMs; ; await sleep(POLL_MS)) {
      const decision = this.#read();
      if (decision && is(decision)) return decision;
      if (monotonic() >= end || signal?.aborted) return null;
    }
  }

  #read(): SteeringDecision | null {
    // The watcher may be creating it, or bringing its tables up to date.
    this.#reader ??= openReader(this.#file, [steering]);
    return this.#reader && steeringDecision(this.#reader, this.#requestId, this.#selfId);
  }

  close(): void {
    this.#reader?.close();
  }
}

function record(app: AppContext, requestId: string, command: SteeringCommand): void {
  const { actor } = app;
  const options = { actor, correlationId: requestId };
  app.ledger.execute(steeringDecider, steeringStream(requestId), command, app.given(), options);
}

/** Every text of the log is redacted, and a message that was changed is not the one that was meant. */
function assertNoSecret(ask: SteeringAsk): void {
  if (JSON.stringify(redactDeep(ask)) === JSON.stringify(ask)) return;
  throw new AgentPoolError(
    'FLEET_STEERING_SECRET',
    'What is asked of the other machine holds something that looks like a secret. It would be stored in the database of the fleet. Nothing was recorded or sent.',
    { ask: ask.kind, example: 'agentpool help error FLEET_STEERING_SECRET' },
  );
}

function assertLinked({ config }: AppContext, { name }: OtherMachine): void {
  if (config.watcher.enabled) return;
  throw new AgentPoolError(
    'FLEET_STEERING_UNANSWERED',
    `${name} cannot be asked: the watcher, which keeps the link to the fleet, is switched off (watcher.enabled in config.yaml). Nothing was recorded.`,
    { machine: name, example: 'agentpool config print' },
  );
}

function unanswered(
  app: AppContext,
  { name, seenMsAgo }: OtherMachine,
  request_id: string,
  { decisionMs }: Patience,
): AgentPoolError {
  const link = readState(app.paths.fleet)?.link;
  const why =
    link && link.state !== 'connected'
      ? `This machine has no link to the fleet${link.error ? ` (${link.error.message})` : ''}.`
      : seenMsAgo === null
        ? 'When it was last seen is not known.'
        : `It was last seen ${inSeconds(seenMsAgo)} before that.`;
  return new AgentPoolError(
    'FLEET_STEERING_UNANSWERED',
    `${name} did not decide within ${inSeconds(decisionMs)}. ${why} The request was withdrawn: if it arrives later, ${name} refuses it.`,
    { machine: name, request_id, example: 'agentpool fleet status' },
  );
}

function unfinished({ name }: OtherMachine, request_id: string, { ask, session_id }: SteeringDecision) {
  return new AgentPoolError(
    'FLEET_STEERING_UNFINISHED',
    `${name} has accepted it (${ask} ${session_id}), and what came of it is not known here yet. It is carried out there.`,
    { machine: name, request_id, session_id, example: 'agentpool fleet status' },
  );
}

/** An error as another machine has recorded it; it may be of another version. */
function asError({ code, message }: { code: string; message: string }, details: Record<string, unknown>) {
  const known: ErrorCode = isErrorCode(code) ? code : 'INTERNAL_ERROR';
  return new AgentPoolError(known, message, details);
}

const inSeconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
