import { decode, isUnreadable } from '../events/catalogue.ts';
import type { StoredEvent } from '../events/event.ts';
import { workerStream } from '../machines/worker.ts';
import { proveSession } from '../projections/history.ts';
import { replayWorker } from '../projections/replay.ts';
import { tell } from '../projections/words.ts';
import type { Detail } from '../workers/details.ts';
import type { House } from '../workers/house.ts';
import { fenced } from './untrusted.ts';

/** An event without its data, which may quote a worker; with a detail the data is there, fenced. */
export function toldEvent(stored: StoredEvent, level: Detail) {
  const { position, stream_id, stream_version, type, schema_version, occurred_at, actor } = stored;
  const event = decode(stored);
  const state = !isUnreadable(event) && 'state' in event.data ? event.data.state : null;
  const common = { position, stream_id, stream_version, type, schema_version, occurred_at, actor, state };
  return { ...common, ...said(() => stored.payload, level) };
}

/** The last steps of a life; list_events pages through all of them. */
const MOST_STEPS = 500;

/** A worker's life, step by step, in the words of a person where the detail asks for them. */
export function toldReplay({ ledger: { store } }: House, id: string, level: Detail) {
  const steps = [...replayWorker(store.readAll({ stream: workerStream(id) }))].slice(-MOST_STEPS);
  return steps.map(({ event, before, after, since_start_ms, divergence }) => ({
    position: event.position,
    type: event.type,
    at: event.occurred_at,
    since_start_ms,
    before,
    after,
    diverges: divergence !== null,
    ...said(() => [tell(event).says, ...tell(event).evidence].join('\n'), level),
  }));
}

/** Whether a worker's life is what code and tables say. A divergence quotes rows and events. */
export function toldProof({ ledger: { store } }: House, id: string, level: Detail) {
  const { divergences, ...proof } = proveSession(store, id);
  return {
    ...proof,
    divergences: divergences.map(({ where, event, message }) => ({
      where,
      position: event?.position ?? null,
      ...said(() => message, level),
    })),
  };
}

function said(read: () => string, level: Detail) {
  const text = level === 'summary' ? null : fenced(read(), level);
  return text ? { said: text } : {};
}
