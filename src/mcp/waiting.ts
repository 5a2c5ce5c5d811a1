import { decode, isUnreadable } from '../events/catalogue/index.ts';
import { workerStream } from '../machines/worker/state.ts';
import type { SessionRow } from '../projections/sessions/queries.ts';
import { awaitWorker, describe, type Seen } from '../workers/commands/observe.ts';
import type { AppContext } from '../workers/core/context.ts';
import type { Detail } from '../workers/core/details.ts';
import { sessionNamed } from '../workers/core/named-session.ts';
import { awaitedBy } from '../workers/sight/wait-for.ts';
import { watchHere } from '../workers/watch/watch-in-process.ts';
import { type Call, LONGEST_WAIT } from './tool.ts';
import { observationForHost } from './untrusted.ts';

/** How often a client that asked for it hears that the wait goes on. */
const PROGRESS_MS = 5000;

export interface ScreenReading {
  waitFor: readonly string[] | null;
  seconds: number;
  detail: Detail;
  maxLines: number | null;
  withLog: boolean;
}

/** Waits for one worker and tells how it stands then. Whatever ends the wait, the worker is left alone. */
export async function observeOne(app: AppContext, named: string, look: ScreenReading, call: Call) {
  const session = sessionNamed(app, named);
  const [seen] = await firstOf(app, [session], look, call);
  return reported(app, session, seen, look);
}

/** Waits until the first of several workers has what is waited for. */
export async function observeAny(
  app: AppContext,
  sessions: readonly SessionRow[],
  look: ScreenReading,
  call: Call,
) {
  const [seen, session] = await firstOf(app, sessions, look, call);
  const observation = await reported(app, session, seen, look);
  const others = sessions
    .filter(({ id }) => id !== session.id)
    .map(({ id }) => ({ session_id: id, state: sessionNamed(app, id).state }));
  return { ...observation, others };
}

/** The first worker that has it, or, when the time is up, the first of them all. */
async function firstOf(
  app: AppContext,
  sessions: readonly SessionRow[],
  { waitFor, seconds }: ScreenReading,
  call: Call,
): Promise<[Seen, SessionRow]> {
  const awaited = awaitedBy(waitFor ?? []);
  const over = new AbortController();
  const end = () => over.abort();
  call.signal.addEventListener('abort', end);
  const stopReporting = reportProgress(sessions, Math.min(seconds, LONGEST_WAIT), call);
  const here = await Promise.all(sessions.map((session) => watchHere(app, session)));
  const wait = { seconds: Math.min(seconds, LONGEST_WAIT), signal: over.signal };
  try {
    if (call.signal.aborted) end();
    const waits = sessions.map(async (session): Promise<[Seen, SessionRow]> => {
      const seen = await awaitWorker(app, session, awaited, wait);
      if (seen.event !== 'timeout') end();
      return [seen, session];
    });
    const ended = await Promise.all(waits);
    const first = ended.find(([{ event }]) => event !== 'timeout' && event !== 'none') ?? ended[0];
    if (!first) throw new Error('there is nobody to wait for');
    return first;
  } finally {
    stopReporting();
    call.signal.removeEventListener('abort', end);
    for (const watch of here) await watch?.close();
  }
}

function reportProgress(sessions: readonly SessionRow[], total: number, call: Call): () => void {
  if (total <= 0) return () => {};
  const begun = performance.now();
  const who = sessions.map(({ id }) => id).join(', ');
  const report = () => call.progress((performance.now() - begun) / 1000, total, `waiting for ${who}`);
  report();
  const timer = setInterval(report, PROGRESS_MS);
  return () => clearInterval(timer);
}

async function reported(app: AppContext, session: SessionRow, seen: Seen, look: ScreenReading) {
  const { detail, maxLines, seconds, withLog } = look;
  const observed = describe(sessionNamed(app, session.id), seen, { detail, maxLines });
  const shortened = seconds > LONGEST_WAIT ? { waited_at_most_seconds: LONGEST_WAIT, call_again: true } : {};
  return {
    ...observationForHost(observed, detail),
    ...(withLog ? { recent_log: recentLog(app, session.id) } : {}),
    metadata: { ...observed.metadata, ...(seen.event === 'timeout' ? shortened : {}) },
  };
}

const RECENT = 10;

/** The last things that were recorded of a worker: what and when, nothing that it wrote. */
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
