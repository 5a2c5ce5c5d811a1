import { decode, isUnreadable } from '../../events/catalogue.ts';
import type { StoredEvent } from '../../events/event.ts';
import { workerStream } from '../../machines/worker.ts';
import { proveSession } from '../../projections/history.ts';
import { replayWorker } from '../../projections/replay.ts';
import { verifyLedger } from '../../projections/verify-ledger.ts';
import { tell } from '../../projections/words.ts';
import { sessionNamed } from '../../workers/named-session.ts';
import type { Detail } from '../../workers/observe.ts';
import { count, flag, maybeText, maybeWords } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { assertAllowed, fenced } from '../untrusted.ts';
import { detail } from './observing.ts';
import { session_id } from './steering.ts';

/** The log itself. */
export const ledgerTools = [
  tool({
    name: 'list_events',
    description: 'The log of everything that happened, oldest first; go on with from=next_position.',
    params: {
      session_id: maybeText('of one worker'),
      types: maybeWords('such as worker.exited'),
      from: count(1, 'the first position', 1),
      limit: count(50, 'at most 500', 1),
      detail,
    },
    output: { events: 'array', next_position: 'integer?', last_position: 'integer' },
    annotations: reading,
    run: (house, given, call) => {
      const level = assertAllowed(given.detail, call);
      const { store } = house.ledger;
      const limit = Math.min(given.limit, 500);
      const events = store.readAll({
        ...(given.session_id === null
          ? {}
          : { stream: workerStream(sessionNamed(house, given.session_id).id) }),
        ...(given.types === null ? {} : { types: given.types }),
        from: given.from,
        limit,
      });
      const last = events.length === limit ? events.at(-1) : undefined;
      return {
        events: events.map((event) => toldEvent(event, level)),
        next_position: last ? last.position + 1 : null,
        last_position: store.lastPosition(),
      };
    },
  }),
  tool({
    name: 'replay_worker',
    description:
      "Tell a worker's history again, event by event, with the state before and after; verify proves it against the code and the tables.",
    params: { session_id, verify: flag(false), detail },
    output: { session_id: 'string', events: 'array', proof: 'object?' },
    annotations: reading,
    run: (house, given, call) => {
      const level = assertAllowed(given.detail, call);
      const { id } = sessionNamed(house, given.session_id);
      const { store } = house.ledger;
      const steps = [...replayWorker(store.readAll({ stream: workerStream(id) }))];
      const events = steps.map(({ event, before, after, since_start_ms, divergence }) => ({
        position: event.position,
        type: event.type,
        at: event.occurred_at,
        since_start_ms,
        before,
        after,
        diverges: divergence !== null,
        ...said(() => [tell(event).says, ...tell(event).evidence].join('\n'), level),
      }));
      return { session_id: id, events, proof: given.verify ? proofOf(proveSession(store, id), level) : null };
    },
  }),
  tool({
    name: 'verify_ledger',
    description: 'Prove the whole log: hash chain, transitions, tables. Takes seconds on a long log.',
    params: {},
    output: {
      ok: 'boolean',
      events: 'integer',
      last_position: 'integer',
      head: 'string',
      divergences: 'integer',
    },
    annotations: reading,
    run: (house) => {
      const { fault, ...proof } = verifyLedger(house.ledger);
      return { ...proof, fault_at: fault?.position ?? null, divergences: proof.divergences.length };
    },
  }),
];

/** An event without its data, which may quote a worker; with a detail the data is there, fenced. */
export function toldEvent(stored: StoredEvent, level: Detail) {
  const { position, stream_id, stream_version, type, schema_version, occurred_at, actor } = stored;
  const event = decode(stored);
  const state = !isUnreadable(event) && 'state' in event.data ? event.data.state : null;
  const common = { position, stream_id, stream_version, type, schema_version, occurred_at, actor, state };
  return { ...common, ...said(() => stored.payload, level) };
}

function said(read: () => string, level: Detail) {
  const text = level === 'summary' ? null : fenced(read(), level);
  return text ? { said: text } : {};
}

/** A divergence quotes rows and events. */
function proofOf({ divergences, ...proof }: ReturnType<typeof proveSession>, level: Detail) {
  return {
    ...proof,
    divergences: divergences.map(({ where, event, message }) => ({
      where,
      position: event?.position ?? null,
      ...said(() => message, level),
    })),
  };
}
