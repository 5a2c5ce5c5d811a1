import { decode, isUnreadable } from '../events/catalogue/index.ts';
import type { WorkerState } from '../events/catalogue/words.ts';
import { workerStream } from '../machines/worker/state.ts';
import type { SessionRow } from '../projections/sessions/queries.ts';
import { awaitWorker, describe, momentOf, type WaitOutcome } from '../workers/commands/observe.ts';
import type { AppContext } from '../workers/core/context.ts';
import type { Detail } from '../workers/core/details.ts';
import { isCutShort, isStoppedByLimit } from '../workers/core/limits/at-limit.ts';
import { sessionNamed } from '../workers/core/sessions/named-session.ts';
import { mayAsk, openDialog } from '../workers/sight/dialogs/open-dialog.ts';
import { isOver, type TurnObservation, turnOf } from '../workers/sight/turn.ts';
import { parseWaitFor, type WaitCondition } from '../workers/sight/wait-for.ts';
import { watchHere } from '../workers/watch/in-process/watch-in-process.ts';
import {
  afterObserving,
  asksToPay,
  isWaitingForYou,
  isWorking,
  type NextTool,
  observe,
} from './next-tool.ts';
import { type CallContext, MAX_WAIT_SECONDS } from './tool.ts';
import { dialogForHost, observationForHost } from './untrusted.ts';

/** How often a client with a progress token is notified that the wait continues. */
const PROGRESS_MS = 5000;

export interface ObserveRequest {
  waitFor: readonly string[] | null;
  seconds: number;
  detail: Detail;
  maxLines: number | null;
  withLog: boolean;
}

/** Waits for one worker and returns its state. Ending the wait never affects the worker. */
export async function observeOne(app: AppContext, named: string, request: ObserveRequest, call: CallContext) {
  const session = sessionNamed(app, named);
  const seen = await firstOf(app, [session], request, call);
  return answerOf(app, seen, request, { call, wait: observe(session.id) });
}

/** Waits until the first of several workers matches. `named`: the caller has named them. */
export async function observeAny(
  app: AppContext,
  { sessions, named }: { sessions: readonly SessionRow[]; named: boolean },
  request: ObserveRequest,
  call: CallContext,
) {
  const seen = await firstOf(app, sessions, request, call);
  const again = named ? { session_ids: sessions.map(({ id }) => id) } : {};
  const wait = { name: 'wait_for_any', arguments: again };
  const observation = await answerOf(app, seen, request, { call, wait });
  const others = sessions
    .filter(({ id }) => id !== seen.session.id)
    .map(({ id }) => {
      const { state } = sessionNamed(app, id);
      return { session_id: id, state, needs_you: !isWorking(state) };
    });
  return { ...observation, others };
}

/** A worker, and what ended the wait for it. */
interface Seen {
  session: SessionRow;
  outcome: WaitOutcome;
  /** The client knows of it from an earlier answer, and nothing else will happen by itself. */
  reportedBefore?: boolean;
}

/**
 * The first worker with a moment that was not reported to the client yet. Without any, it waits for the next one; if no
 * worker can do anything by itself, it returns at once with what was reported before: a wait would be for nothing.
 */
async function firstOf(
  app: AppContext,
  sessions: readonly SessionRow[],
  request: ObserveRequest,
  call: CallContext,
): Promise<Seen> {
  const condition = parseWaitFor(request.waitFor ?? []);
  const watches: { close(): Promise<void> }[] = [];
  try {
    for (const session of sessions) {
      const watch = await watchHere(app, session);
      if (watch) watches.push(watch);
    }
    const seen =
      known(app, sessions, condition, call) ?? (await waitFor(app, sessions, condition, request, call));
    const { session, outcome } = seen;
    call.reported.know(session.id);
    // A cancelled call has no answer: what it would have said is reported by the next.
    const moment = outcome.event === 'timeout' ? null : momentOf(outcome.turn, condition);
    if (moment && !call.signal.aborted) call.reported.report(session.id, moment.position);
    return seen;
  } finally {
    for (const watch of watches) await watch.close();
  }
}

/** What can be said without a wait: the oldest news, or that nothing else will happen. Null: it is worth waiting. */
function known(
  app: AppContext,
  sessions: readonly SessionRow[],
  condition: WaitCondition,
  { reported }: CallContext,
): Seen | null {
  const found = sessions.flatMap((session) => {
    const turn = turnOf(app.ledger.stream(workerStream(session.id)));
    const moment = momentOf(turn, condition);
    return moment ? [{ session, turn, moment, outcome: { event: moment.event, moment, turn } }] : [];
  });
  const news = found
    .filter(({ session, moment }) => !reported.has(session.id, moment.position))
    .sort((one, other) => one.moment.position - other.moment.position);
  if (news[0]) return news[0];
  const settled = found.filter(({ turn }) => isOver(turn) || !isWorking(turn.state));
  if (settled.length < sessions.length) return null;
  const [first] = settled.toSorted((one, other) => urgency(one.turn.state) - urgency(other.turn.state));
  return first ? { ...first, reportedBefore: true } : null;
}

const urgency = (state: WorkerState): number => (isWaitingForYou(state) ? 0 : 1);

async function waitFor(
  app: AppContext,
  sessions: readonly SessionRow[],
  condition: WaitCondition,
  { seconds: asked }: ObserveRequest,
  call: CallContext,
): Promise<Seen> {
  const stopped = new AbortController();
  const end = () => stopped.abort();
  call.signal.addEventListener('abort', end);
  const seconds = Math.min(asked, MAX_WAIT_SECONDS);
  const stopReporting = reportProgress(sessions, seconds, call);
  try {
    // A signal that has fired before fires no event again.
    if (call.signal.aborted) end();
    const waits = sessions.map(async (session) => {
      const isNews = ({ position }: TurnObservation) => !call.reported.has(session.id, position);
      const outcome = await awaitWorker(app, session, condition, { seconds, signal: stopped.signal, isNews });
      if (outcome.event !== 'timeout') end();
      return { session, outcome };
    });
    const ended = await Promise.all(waits);
    const isNews = ({ session, outcome: { event, moment } }: Seen) =>
      event !== 'timeout' &&
      event !== 'none' &&
      moment !== null &&
      !call.reported.has(session.id, moment.position);
    const first =
      ended.find(isNews) ?? ended.find(({ outcome }) => isWorking(outcome.turn.state)) ?? ended[0];
    if (!first) throw new Error('there is no session to wait for');
    return first;
  } finally {
    stopReporting();
    call.signal.removeEventListener('abort', end);
  }
}

function reportProgress(sessions: readonly SessionRow[], total: number, call: CallContext): () => void {
  if (total <= 0) return () => {};
  const start = performance.now();
  const who = sessions.map(({ id }) => id).join(', ');
  const report = () => call.progress((performance.now() - start) / 1000, total, `waiting for ${who}`);
  report();
  const timer = setInterval(report, PROGRESS_MS);
  return () => clearInterval(timer);
}

async function answerOf(
  app: AppContext,
  { session: { id }, outcome, reportedBefore }: Seen,
  request: ObserveRequest,
  { call, wait }: { call: CallContext; wait: NextTool },
) {
  const { detail, maxLines, seconds, withLog } = request;
  const session = sessionNamed(app, id);
  const observed = describe(session, outcome, { detail, maxLines });
  const shortened =
    seconds > MAX_WAIT_SECONDS ? { waited_at_most_seconds: MAX_WAIT_SECONDS, call_again: true } : {};
  const { state, event, readiness } = observed;
  const dialog = mayAsk(session) ? await openDialog(app, session, { words: detail !== 'summary' }) : null;
  const next_tool = afterObserving({
    ...{ session_id: id, state, event, readiness, detail, dialog, wait },
    lockdown: call.lockdown,
  });
  return {
    ...observationForHost(observed, detail),
    ...(dialog ? { dialog: dialogForHost(dialog) } : {}),
    ...(withLog ? { recent_log: recentLog(app, id) } : {}),
    metadata: {
      ...observed.metadata,
      ...(event === 'timeout' ? shortened : {}),
      ...(state === 'PARKED' ? { note: PARKED } : {}),
      ...(state !== 'PARKED' && isStoppedByLimit(readiness)
        ? { note: isCutShort(readiness) ? CUT_SHORT : LIMIT }
        : {}),
      ...(reportedBefore ? { reported_before: true, note: NOTHING_ELSE } : {}),
      ...(next_tool === null || asksToPay({ event, dialog }) ? { note: ASK } : {}),
    },
    next_tool,
  };
}

const LIMIT =
  'it has reached the limit of its subscription; get_usage_summary shows which others have more left';
const PARKED = 'it waits for its limit to reset and goes on then by itself; nothing to do';
const CUT_SHORT =
  'it ended its turn because its limit is near: its task is not done; get_usage_summary shows when the limit resets';
const NOTHING_ELSE = 'nothing else will happen until you act';
const ASK = 'ask your user: only a person can answer this';

const RECENT = 10;

/** The last events of a worker: type and time, nothing that it wrote. */
function recentLog({ ledger }: AppContext, id: string) {
  return ledger.store
    .readAll({ stream: workerStream(id) })
    .slice(-RECENT)
    .map((stored) => {
      const event = decode(stored);
      const { position, type, occurred_at } = stored;
      const state = !isUnreadable(event) && 'state' in event.data ? event.data.state : null;
      return { position, type, at: occurred_at, state };
    });
}
