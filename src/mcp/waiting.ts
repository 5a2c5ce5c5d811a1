import { decode, isUnreadable } from '../events/catalogue/index.ts';
import { workerStream } from '../machines/worker/state.ts';
import type { SessionRow } from '../projections/sessions/queries.ts';
import { awaitWorker, describe, type WaitOutcome } from '../workers/commands/observe.ts';
import type { AppContext } from '../workers/core/context.ts';
import type { Detail } from '../workers/core/details.ts';
import { sessionNamed } from '../workers/core/named-session.ts';
import { parseWaitFor } from '../workers/sight/wait-for.ts';
import { watchHere } from '../workers/watch/watch-in-process.ts';
import { type Call, MAX_WAIT_SECONDS } from './tool.ts';
import { observationForHost } from './untrusted.ts';

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
export async function observeOne(app: AppContext, named: string, request: ObserveRequest, call: Call) {
  const session = sessionNamed(app, named);
  const [seen] = await firstOf(app, [session], request, call);
  return answerOf(app, session, seen, request);
}

/** Waits until the first of several workers matches. */
export async function observeAny(
  app: AppContext,
  sessions: readonly SessionRow[],
  request: ObserveRequest,
  call: Call,
) {
  const [seen, session] = await firstOf(app, sessions, request, call);
  const observation = await answerOf(app, session, seen, request);
  const others = sessions
    .filter(({ id }) => id !== session.id)
    .map(({ id }) => ({ session_id: id, state: sessionNamed(app, id).state }));
  return { ...observation, others };
}

/** The first worker that matches, or the first of the list when the time is up. */
async function firstOf(
  app: AppContext,
  sessions: readonly SessionRow[],
  { waitFor, seconds }: ObserveRequest,
  call: Call,
): Promise<[WaitOutcome, SessionRow]> {
  const awaited = parseWaitFor(waitFor ?? []);
  const stopped = new AbortController();
  const end = () => stopped.abort();
  call.signal.addEventListener('abort', end);
  const stopReporting = reportProgress(sessions, Math.min(seconds, MAX_WAIT_SECONDS), call);
  const watches = await Promise.all(sessions.map((session) => watchHere(app, session)));
  const wait = { seconds: Math.min(seconds, MAX_WAIT_SECONDS), signal: stopped.signal };
  try {
    if (call.signal.aborted) end();
    const waits = sessions.map(async (session): Promise<[WaitOutcome, SessionRow]> => {
      const seen = await awaitWorker(app, session, awaited, wait);
      if (seen.event !== 'timeout') end();
      return [seen, session];
    });
    const ended = await Promise.all(waits);
    const first = ended.find(([{ event }]) => event !== 'timeout' && event !== 'none') ?? ended[0];
    if (!first) throw new Error('there is no session to wait for');
    return first;
  } finally {
    stopReporting();
    call.signal.removeEventListener('abort', end);
    for (const watch of watches) await watch?.close();
  }
}

function reportProgress(sessions: readonly SessionRow[], total: number, call: Call): () => void {
  if (total <= 0) return () => {};
  const start = performance.now();
  const who = sessions.map(({ id }) => id).join(', ');
  const report = () => call.progress((performance.now() - start) / 1000, total, `waiting for ${who}`);
  report();
  const timer = setInterval(report, PROGRESS_MS);
  return () => clearInterval(timer);
}

async function answerOf(app: AppContext, session: SessionRow, seen: WaitOutcome, request: ObserveRequest) {
  const { detail, maxLines, seconds, withLog } = request;
  const observed = describe(sessionNamed(app, session.id), seen, { detail, maxLines });
  const shortened =
    seconds > MAX_WAIT_SECONDS ? { waited_at_most_seconds: MAX_WAIT_SECONDS, call_again: true } : {};
  return {
    ...observationForHost(observed, detail),
    ...(withLog ? { recent_log: recentLog(app, session.id) } : {}),
    metadata: { ...observed.metadata, ...(seen.event === 'timeout' ? shortened : {}) },
  };
}

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
