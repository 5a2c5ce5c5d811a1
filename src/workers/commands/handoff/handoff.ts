import { checkParallel } from '../../../config/policy.ts';
import type { NamedProvider, OnLimit, TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import { CommandRejected } from '../../../events/decider.ts';
import { keepReserve } from '../../../events/store/reserve.ts';
import { ownIdentity } from '../../../lib/process/processes.ts';
import { workerDecider } from '../../../machines/worker/decide.ts';
import { isFinal } from '../../../machines/worker/state.ts';
import { countWorking, type SessionRow } from '../../../projections/sessions/queries.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { record, workerOf } from '../../core/record.ts';
import { assertTextFits } from '../../core/words/given-text.ts';
import type { Brief } from '../brief/brief.ts';
import { buildBrief } from '../brief/build.ts';
import { blocked } from '../spawning/allowed.ts';
import { carryOut } from './carry-out.ts';
import { type Destination, type Successor, successorOf } from './successor.ts';

export interface HandoffRequest {
  to: Destination;
  note: string | null;
  keep: boolean;
  because: 'caller' | 'limit';
  /** The fallbacks that come before it, and why they were not taken. */
  tried: TriedProvider[];
  /** What happens when the successor stops at a limit; as for the worker before it if left out. */
  onLimit?: OnLimit | null;
}

export interface HandedOver {
  successor: string;
  brief: Brief;
}

/**
 * Hands the work of a worker over to another one, which goes on in the same folder with a brief of what was done.
 * Everything that can be refused is refused before the worker is touched.
 * @throws SESSION_HANDED_OVER, HANDOVER_NO_TASK, POLICY_BLOCKED and what `successorOf` throws; what a step throws
 */
export async function handOver(
  app: AppContext,
  session: SessionRow,
  request: HandoffRequest,
): Promise<HandedOver> {
  assertMayBeHandedOver(app, session, request);
  const successor = await plan(app, session, request);
  requestHandover(app, session, successor, request);
  const brief = await carryOut(app, session, successor, request);
  if (brief === null) throw new Error(`another process handed ${session.id} over`);
  return { successor: successor.id, brief };
}

/** The brief as it would be now, and the checks of a handover. Touches nothing. */
export async function planHandover(
  app: AppContext,
  session: SessionRow,
  request: HandoffRequest,
): Promise<{ successor: Successor; brief: Brief }> {
  assertMayBeHandedOver(app, session, request);
  const successor = await plan(app, session, request);
  assertParallel(app, session, request.keep);
  return { successor, brief: await buildBrief(app, session, request) };
}

/** Refuses what the worker's state forbids, before anything else is asked. The intent is decided on once more. */
function assertMayBeHandedOver(app: AppContext, session: SessionRow, request: HandoffRequest): void {
  const { provider, model, account } = request.to;
  const intent = intentOf('', { provider_id: provider, model, account }, request);
  const decision = workerDecider.decide(workerOf(app, session.id), intent, app.given());
  if (!decision.accepted) throw new CommandRejected(decision.rejection);
}

function plan(
  app: AppContext,
  session: SessionRow,
  { to, note, onLimit }: HandoffRequest,
): Promise<Successor> {
  if (note !== null)
    assertTextFits('The note', note, 'agentpool handoff @last --provider codex-cli --note "..."');
  return successorOf(app, session, {
    to,
    id: app.given().newId(),
    onLimit: onLimit === undefined ? workerOf(app, session.id).onLimit : onLimit,
  });
}

function intentOf(
  successor: string,
  to: NamedProvider,
  { note, keep, because, tried }: HandoffRequest,
): Parameters<typeof record>[2] {
  const requester = ownIdentity();
  return {
    kind: 'request_handover',
    successor,
    to,
    keep,
    note: note === null ? null : redact(note),
    because,
    tried,
    requester,
  };
}

/** Appends the intent. Two callers at once: the decider accepts the first. */
function requestHandover(
  app: AppContext,
  session: SessionRow,
  successor: Successor,
  request: HandoffRequest,
): void {
  keepReserve(app.paths.ledger);
  app.ledger.store.transaction(() => {
    assertParallel(app, session, request.keep);
    const { id, agent, request: asked } = successor;
    const to = { provider_id: agent.id, model: asked.model, account: asked.account };
    record(app, session.id, intentOf(id, to, request));
  });
}

/** A worker that is ended makes place for its successor. */
function assertParallel(app: AppContext, session: SessionRow, keep: boolean): void {
  const { alive, state } = workerOf(app, session.id);
  const makesPlace = !keep && alive && state !== null && !isFinal(state) ? 1 : 0;
  const live = countWorking(app.ledger, session.coordinator_id) - makesPlace;
  const refusal = checkParallel(app.config.policy, live);
  if (refusal) throw blocked(refusal, session.provider_id);
}
