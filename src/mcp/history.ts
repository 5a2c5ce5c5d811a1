import { decode, isUnreadable } from '../events/catalogue/index.ts';
import type { StoredEvent } from '../events/event.ts';
import { workerStream } from '../machines/worker/state.ts';
import { describeEvent } from '../projections/replay/event-words.ts';
import { verifySession } from '../projections/replay/history.ts';
import { replayWorker } from '../projections/replay/replay.ts';
import type { AppContext } from '../workers/core/context.ts';
import type { Detail } from '../workers/core/details.ts';
import { fenced } from './untrusted.ts';

/** An event without its data, which may quote a worker; with a higher detail the data is included, fenced. */
export function eventForHost(stored: StoredEvent, level: Detail) {
  const { position, stream_id, stream_version, type, schema_version, occurred_at, actor } = stored;
  const event = decode(stored);
  const state = !isUnreadable(event) && 'state' in event.data ? event.data.state : null;
  const common = { position, stream_id, stream_version, type, schema_version, occurred_at, actor, state };
  return { ...common, ...workerTextOf(() => stored.payload, level) };
}

/** Steps that replay_worker returns, the last ones; list_events pages through all of them. */
const MAX_STEPS = 500;

/** A worker's history, step by step, with a description for people where the detail asks for it. */
export function replayForHost({ ledger: { store } }: AppContext, id: string, level: Detail) {
  const steps = [...replayWorker(store.readAll({ stream: workerStream(id) }))].slice(-MAX_STEPS);
  return steps.map(({ event, before, after, since_start_ms, divergence }) => ({
    position: event.position,
    type: event.type,
    at: event.occurred_at,
    since_start_ms,
    before,
    after,
    diverges: divergence !== null,
    ...workerTextOf(
      () => [describeEvent(event).description, ...describeEvent(event).evidence].join('\n'),
      level,
    ),
  }));
}

/**
 * Whether a worker's history agrees with the code and the tables. A divergence quotes rows and events, so it is fenced.
 */
export function verificationForHost({ ledger: { store } }: AppContext, id: string, level: Detail) {
  const { divergences, ...verification } = verifySession(store, id);
  return {
    ...verification,
    divergences: divergences.map(({ where, event, message }) => ({
      where,
      position: event?.position ?? null,
      ...workerTextOf(() => message, level),
    })),
  };
}

function workerTextOf(read: () => string, level: Detail) {
  const text = level === 'summary' ? null : fenced(read(), level);
  return text ? { said: text } : {};
}
