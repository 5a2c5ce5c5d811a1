import Type, { type Static } from 'typebox';
import { decode, isUnreadable } from '../../events/catalogue/index.ts';
import type { StoredEvent } from '../../events/event.ts';
import { GENESIS, hashVersion } from '../../events/store/hash.ts';
import { hashAt } from '../../events/store/log-queries.ts';
import type { EventStore } from '../../events/store/store.ts';
import { ChainCheck } from '../../events/store/verify.ts';
import { isWholeLog } from '../../events/transfer/history-file.ts';
import { type Gap, partCheck } from '../../events/transfer/part.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, facts, instant, list, noted, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import { sessionOfStream, workerStream } from '../../machines/worker/state.ts';
import { allLeases } from '../leases/queries.ts';
import { known } from '../projector/ledger.ts';
import { type SessionRow, sessionById } from '../sessions/queries.ts';
import { Stay } from '../sessions/schema.ts';
import { staysOf } from '../sessions/timeline.ts';
import type { Divergence, Verification } from './check-schema.ts';
import { HistoryCheck } from './history-check.ts';
import { LINEAGE } from './lineage-check.ts';
import { pointInTimeOf } from './point-in-time.ts';
import { disagreement } from './replay.ts';

const LEASES = ['acquired', 'upgraded', 'renewed', 'released', 'expired'].map((what) => `lease.${what}`);

/** The history of one worker, from the ledger or from a file. */
export interface History {
  session: string;
  /** The worker's own events. */
  worker: StoredEvent[];
  /**
   * The worker's events and all lease events, by position. Whole lease streams, since a decision on one lease depends
   * on the others.
   */
  events: StoredEvent[];
}

export const Then = Type.Object({
  at: noted(text, 'The moment, as requested.'),
  event: noted(
    Type.Object({ position: count, version: count, type: text, occurred_at: instant }),
    'The last event up to then.',
  ),
  row: noted(
    Type.Unsafe<SessionRow>(facts),
    'The row of the worker; its columns may change with any version.',
  ),
  timeline: list(Stay),
  leases: noted(list(facts), 'Rows of their table.'),
});
export type Then = Static<typeof Then>;

export function historyOf(store: EventStore, session: string): History {
  const worker = store.readAll({ stream: workerStream(session) });
  const events = [...worker, ...store.readAll({ under: 'leases/', types: LEASES })];
  return { session, worker, events: events.sort((a, b) => a.position - b.position) };
}

/** The history of one worker from the events of a file. Without a name, the file must hold only one worker. */
export function historyIn(events: readonly StoredEvent[], named: string | null): History {
  const workers = [...new Set(events.map(({ stream_id }) => stream_id))].flatMap(
    (stream) => sessionOfStream(stream) ?? [],
  );
  const meant = workers.filter((id) => named === null || id.startsWith(named));
  const session = meant.find((id) => id === named) ?? (meant.length === 1 ? meant[0] : undefined);
  if (session === undefined) {
    const sessions = workers.slice(0, 20);
    const message =
      workers.length === 0
        ? 'The file holds no worker.'
        : `Name one worker of the file: ${sessions.join(', ')}`;
    throw new AgentPoolError('HISTORY_SESSION', message, { session_id: named, sessions });
  }
  const stream = workerStream(session);
  const worker = events.filter(({ stream_id }) => stream_id === stream);
  return {
    session,
    worker,
    events: events.filter(({ stream_id, type }) => stream_id === stream || LEASES.includes(type)),
  };
}

/** The worker at a moment: its row and its timeline, folded from the events up to then. */
export function then({ session, worker, events }: History, asked: string): Then {
  const moment = pointInTimeOf(asked, worker);
  const last = worker.findLast(moment.includes);
  if (!last) {
    throw new AgentPoolError('BEFORE_HISTORY', `${session} had not been asked for at ${asked}.`, {
      session_id: session,
      at: asked,
      example: shell`agentpool replay ${session}`,
    });
  }
  const verification = new HistoryCheck();
  try {
    for (const event of events.filter(moment.includes)) verification.next(event);
    const row = sessionById(verification, session);
    if (!row) throw new AgentPoolError('HISTORY_BEHEADED', `The history of ${session} lacks its beginning.`);
    const { position, stream_version: version, type, occurred_at } = last;
    return {
      at: asked,
      event: { position, version, type, occurred_at },
      row,
      timeline: staysOf(known(worker.filter(moment.includes))),
      leases: allLeases(verification, { sessionId: session }).map((lease) => ({ ...lease })),
    };
  } finally {
    verification.close();
  }
}

/** What the hash chain of a file says: the faults by position, and in how many pieces it holds; null without hashes. */
export interface FileChain {
  faults: ReadonlyMap<number, string>;
  pieces: number | null;
}

/** Follows the hash chain through all events of a file; `gaps` by the position of the event that follows. */
export function chainOfFile(events: readonly StoredEvent[], gaps?: ReadonlyMap<number, Gap>): FileChain {
  const faults = new Map<number, string>();
  const whole = isWholeLog(events) ? new ChainCheck() : null;
  const part = partCheck(gaps);
  for (const event of events) {
    const fault = whole ? (whole.next(event)?.reason ?? null) : part.next(event);
    if (fault !== null) faults.set(event.position, fault);
  }
  return { faults, pieces: whole ? 1 : part.pieces || null };
}

/** Runs the machines and projections over events of a file again, with what its hash chain says of them. */
export function verifyEvents(
  events: readonly StoredEvent[],
  { faults, pieces }: FileChain = chainOfFile(events),
): Verification {
  return { ...proven(events, ({ position }) => faults.get(position) ?? null), chain_pieces: pieces };
}

/** The same for one worker of the ledger, on one snapshot. Also compares with the rows of the live tables. */
export function verifySession(store: EventStore, session: string): Verification {
  const linkBefore = ({ position }: StoredEvent) => hashAt(store, position - 1) ?? GENESIS;
  return store.reading(() => {
    const { worker, events } = historyOf(store, session);
    const broken = (event: StoredEvent) =>
      hashVersion(linkBefore(event), event) === null ? 'its content is not what its hash was made of' : null;
    const verification = proven(events, broken, {
      compare: (fold) => fold.compare(store.connection, session),
      relatives: relativesOf(store, worker),
    });
    return { ...verification, workers: 1, events: worker.length, chain_pieces: 1 };
  });
}

/** What the worker before it and the one after it say of their handovers. */
function relativesOf(store: EventStore, worker: readonly StoredEvent[]): StoredEvent[] {
  const ids = worker.flatMap((stored) => {
    const event = decode(stored);
    if (isUnreadable(event)) return [];
    if (event.type === 'worker.handed_over') return [event.data.successor];
    return event.type === 'worker.took_over' ? [event.data.predecessor] : [];
  });
  return [...new Set(ids)].flatMap((id) => store.readAll({ stream: workerStream(id), types: LINEAGE }));
}

function proven(
  events: readonly StoredEvent[],
  broken: (event: StoredEvent) => string | null,
  {
    compare = () => null,
    relatives,
  }: {
    compare?: (verification: HistoryCheck) => Divergence | null;
    /** What the other workers of its chain say of it; undefined where only the events themselves are known. */
    relatives?: readonly StoredEvent[];
  } = {},
): Verification {
  const verification = new HistoryCheck();
  const divergences: Divergence[] = [];
  try {
    for (const event of events) {
      const fault = broken(event);
      if (fault)
        divergences.push(disagreement('log', fault, 'an unbroken hash chain', 'a broken one', event));
      const divergence = verification.next(event);
      if (divergence) divergences.push(divergence);
    }
    const different = compare(verification);
    if (different) divergences.push(different);
    for (const stored of relatives ?? []) {
      const event = decode(stored);
      if (!isUnreadable(event)) verification.lineage.next(event);
    }
    divergences.push(...verification.lineage.divergences({ whole: false }));
    return { ok: divergences.length === 0, ...verification.counts, divergences };
  } finally {
    verification.close();
  }
}
