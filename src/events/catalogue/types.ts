import type { Envelope, NewEvent, Provenance } from '../event.ts';
import type { DataOf } from './definition.ts';
import { fleetEvents } from './fleet.ts';
import { handoverEvents } from './handover.ts';
import { leaseEvents } from './leases.ts';
import { leftoverEvents } from './leftovers.ts';
import { parkingEvents } from './parking.ts';
import { providerEvents } from './providers.ts';
import { queueEvents } from './queue.ts';
import { runEvents } from './runs.ts';
import { steeringEvents } from './steering.ts';
import { usageEvents } from './usage.ts';
import { watcherEvents } from './watcher.ts';
import { workerEvents } from './worker.ts';

/** Every type of event that this code knows, in its current version. */
export const catalogue = /* @__PURE__ */ merged(
  workerEvents,
  runEvents,
  parkingEvents,
  handoverEvents,
  queueEvents,
  leftoverEvents,
  leaseEvents,
  usageEvents,
  providerEvents,
  watcherEvents,
  fleetEvents,
  steeringEvents,
);

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = DataOf<(typeof catalogue)[T]>;
export type EventOf<T extends EventType> = Envelope & { type: T; data: EventData<T> };
/** The discriminated union of all events. */
export type LedgerEvent = { [T in EventType]: EventOf<T> }[EventType];
/** An event as states and tables are folded from it. */
export type FoldedOf<T extends EventType> = Omit<EventOf<T>, Provenance>;
export type FoldedEvent = { [T in EventType]: FoldedOf<T> }[EventType];
/** An event that a decider returned and that has not been appended yet. */
export type DomainEvent = { [T in EventType]: NewEvent<T, EventData<T>> }[EventType];

/** One call without side effects, so that a bundle that needs no schema drops them all. */
function merged<const Groups extends readonly object[]>(...groups: Groups): Readonly<Merged<Groups>> {
  return Object.freeze(Object.assign({}, ...groups));
}

type Merged<Groups extends readonly object[]> = Groups extends readonly [
  infer First,
  ...infer Rest extends object[],
]
  ? First & Merged<Rest>
  : unknown;
