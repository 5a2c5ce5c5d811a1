import type { SteeringAsk } from '../events/catalogue/steering.ts';
import { AgentPoolError } from '../lib/errors.ts';
import type { Session } from '../projections/sessions/schema.ts';
import type { Answered } from '../workers/commands/answering/answer.ts';
import type { Termination } from '../workers/commands/ending/terminate.ts';
import type { Sent } from '../workers/commands/sending/send.ts';
import type { SpawnReport } from '../workers/commands/spawning/spawn-report.ts';
import type { Elsewhere } from '../workers/commands/steering/schema.ts';
import type { AppContext } from '../workers/core/context.ts';
import { sessionHere } from '../workers/core/sessions/session-here.ts';
import type { NextTool } from './next-tool.ts';
import { MAX_WAIT_SECONDS } from './tool.ts';

/** How long another machine may take, in milliseconds: hosts give up on a call after a minute. */
const PATIENCE = { decisionMs: 20_000, outcomeMs: (MAX_WAIT_SECONDS - 20) * 1000 };

type Anywhere<Report> = Report & Partial<Elsewhere>;

async function steered<Report extends object>(
  app: AppContext,
  words: string,
  ask: (sessionId: string) => SteeringAsk,
  signal: AbortSignal,
): Promise<Anywhere<Report>> {
  const { steerElsewhere } = await import('../workers/commands/steering/elsewhere.ts');
  return steerElsewhere<Report>(app, words, ask, { patience: PATIENCE, signal });
}

/** Sends a message to a worker of this machine, or of another one of the fleet. */
export async function send(
  app: AppContext,
  words: string,
  text: string,
  signal: AbortSignal,
): Promise<Anywhere<Sent>> {
  const session = sessionHere(app, words);
  if (session === null)
    return steered(app, words, (session_id) => ({ kind: 'send', session_id, text, command: false }), signal);
  const { sendMessage } = await import('../workers/commands/sending/send.ts');
  return sendMessage(app, session, text);
}

/** The same for an answer in a dialog. */
export async function answer(
  app: AppContext,
  words: string,
  request: { choice: string | null; choices: string[] | null; text: string | null; submit: boolean },
  signal: AbortSignal,
): Promise<Anywhere<Answered>> {
  const session = sessionHere(app, words);
  if (session === null)
    return steered(
      app,
      words,
      (session_id) => ({ kind: 'answer', session_id, expected: null, ...request }),
      signal,
    );
  const { answerDialog } = await import('../workers/commands/answering/answer.ts');
  return answerDialog(app, session, request);
}

/** The same for its end. */
export async function terminate(
  app: AppContext,
  words: string,
  reason: string | null,
  signal: AbortSignal,
): Promise<Anywhere<Termination>> {
  const session = sessionHere(app, words);
  if (session === null)
    return steered(app, words, (session_id) => ({ kind: 'terminate', session_id, reason }), signal);
  const { terminateWorker } = await import('../workers/commands/ending/terminate.ts');
  return terminateWorker(app, session, { reason });
}

/**
 * Has another machine start a worker; its session comes without what the worker wrote. `waits`: it may be queued.
 * @throws INVALID_REQUEST
 */
export async function spawnOn(
  app: AppContext,
  machine: string,
  ask: Omit<Extract<SteeringAsk, { kind: 'spawn' }>, 'kind'>,
  { signal, waits }: { signal: AbortSignal; waits: boolean },
) {
  if (waits)
    throw new AgentPoolError('INVALID_REQUEST', 'queue, not_before and deadline do not go with machine.', {
      machine,
    });
  const { spawnElsewhere } = await import('../workers/commands/steering/elsewhere.ts');
  const asking = { patience: PATIENCE, signal };
  const report = await spawnElsewhere<SpawnReport>(app, machine, { kind: 'spawn', ...ask }, asking);
  return { ...report, session: withoutItsWords(report.session) };
}

function withoutItsWords({ question, reason: _quoted, ...session }: Session) {
  return { ...session, question_available: question !== null };
}

/** The next call if the worker is here: that of another machine cannot be observed. */
export const ifHere = (worker: { machine?: unknown }, next: NextTool | null): NextTool | null =>
  worker.machine === undefined ? next : null;
