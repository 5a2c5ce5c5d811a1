import { decode, isUnreadable } from '../events/catalogue.ts';
import { workerStream } from '../machines/worker.ts';
import type { SessionRow } from '../projections/session-queries.ts';
import type { Detail } from '../workers/details.ts';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { awaitWorker, describe, type Seen } from '../workers/observe.ts';
import { awaitedBy } from '../workers/wait-for.ts';
import { watchHere } from '../workers/watch-here.ts';
import { type Call, LONGEST_WAIT } from './tool.ts';
import { toldObservation } from './untrusted.ts';

/** How often a client that asked for it hears that the wait goes on. */
const PROGRESS_MS = 5000;

export interface Look {
  waitFor: readonly string[] | null;
  seconds: number;
  detail: Detail;
  maxLines: number | null;
  withLog: boolean;
}

/** Waits for one worker and tells how it stands then. Whatever ends the wait, the worker is left alone. */
export async function observeOne(house: House, named: string, look: Look, call: Call) {
  const session = sessionNamed(house, named);
  const [seen] = await firstOf(house, [session], look, call);
  return told(house, session, seen, look);
}

/** Waits until the first of several workers has what is waited for. */
export async function observeAny(house: House, sessions: readonly SessionRow[], look: Look, call: Call) {
  const [seen, session] = await firstOf(house, sessions, look, call);
  const observation = await told(house, session, seen, look);
  const others = sessions
    .filter(({ id }) => id !== session.id)
    .map(({ id }) => ({ session_id: id, state: sessionNamed(house, id).state }));
  return { ...observation, others };
}

/** The first worker that has it, or, when the time is up, the first of them all. */
async function firstOf(
  house: House,
  sessions: readonly SessionRow[],
  { waitFor, seconds }: Look,
  call: Call,
): Promise<[Seen, SessionRow]> {
  const awaited = awaitedBy(waitFor ?? []);
  const over = new AbortController();
  const end = () => over.abort();
  call.signal.addEventListener('abort', end);
  const stopTelling = tellProgress(sessions, Math.min(seconds, LONGEST_WAIT), call);
  const here = await Promise.all(sessions.map((session) => watchHere(house, session)));
  const wait = { seconds: Math.min(seconds, LONGEST_WAIT), signal: over.signal };
  try {
    if (call.signal.aborted) end();
    const waits = sessions.map(async (session): Promise<[Seen, SessionRow]> => {
      const seen = await awaitWorker(house, session, awaited, wait);
      if (seen.event !== 'timeout') end();
      return [seen, session];
    });
    const ended = await Promise.all(waits);
    const first = ended.find(([{ event }]) => event !== 'timeout' && event !== 'none') ?? ended[0];
    if (!first) throw new Error('there is nobody to wait for');
    return first;
  } finally {
    stopTelling();
    call.signal.removeEventListener('abort', end);
    for (const watch of here) await watch?.close();
  }
}

function tellProgress(sessions: readonly SessionRow[], total: number, call: Call): () => void {
  if (total <= 0) return () => {};
  const begun = performance.now();
  const who = sessions.map(({ id }) => id).join(', ');
  const tell = () => call.progress((performance.now() - begun) / 1000, total, `waiting for ${who}`);
  tell();
  const timer = setInterval(tell, PROGRESS_MS);
  return () => clearInterval(timer);
}

async function told(house: House, session: SessionRow, seen: Seen, look: Look) {
  const { detail, maxLines, seconds, withLog } = look;
  const observed = describe(sessionNamed(house, session.id), seen, { detail, maxLines });
  const shortened = seconds > LONGEST_WAIT ? { waited_at_most_seconds: LONGEST_WAIT, call_again: true } : {};
  return {
    ...toldObservation(observed, detail),
    ...(withLog ? { recent_log: recentLog(house, session.id) } : {}),
    metadata: { ...observed.metadata, ...(seen.event === 'timeout' ? shortened : {}) },
  };
}

const RECENT = 10;

/** The last things that were recorded of a worker: what and when, nothing that it wrote. */
function recentLog({ ledger }: House, id: string) {
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
