import type { Envelope, NewEvent } from '../event.ts';
import type { DataOf } from './definition.ts';
import { leaseEvents } from './leases.ts';
import { providerEvents } from './providers.ts';
import { usageEvents } from './usage.ts';
import { watcherEvents } from './watcher.ts';
import { workerEvents } from './worker.ts';

/** Every type of event that this code knows, in its current version. */
export const catalogue = /* @__PURE__ */ merged(
  workerEvents,
  leaseEvents,
  usageEvents,
  providerEvents,
  watcherEvents,
);

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = DataOf<(typeof catalogue)[T]>;
export type EventOf<T extends EventType> = Envelope & { type: T; data: EventData<T> };
/** The discriminated union of all events. */
export type LedgerEvent = { [T in EventType]: EventOf<T> }[EventType];
/** An event that a decider returned and that has not been appended yet. */
export type DomainEvent = { [T in EventType]: NewEvent<T, EventData<T>> }[EventType];

function merged<A, B, C, D, E>(a: A, b: B, c: C, d: D, e: E): Readonly<A & B & C & D & E> {
  return Object.freeze({ ...a, ...b, ...c, ...d, ...e });
}
