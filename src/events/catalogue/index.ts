import { Compile, type Validator } from 'typebox/compile';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import type { Envelope, NewEvent, StoredEvent } from '../event.ts';
import { chainFaults, upcast, upcasters } from '../upcasters.ts';
import type { DataOf, Definition } from './definition.ts';
import { leaseEvents } from './leases.ts';
import { providerEvents } from './providers.ts';
import { usageEvents } from './usage.ts';
import { watcherEvents } from './watcher.ts';
import { workerEvents } from './worker.ts';

/** Every type of event that this code knows, in its current version. */
export const catalogue = Object.freeze({
  ...workerEvents,
  ...leaseEvents,
  ...usageEvents,
  ...providerEvents,
  ...watcherEvents,
});

// At the first import, so that no process appends a version that its own upcasters cannot read.
assertReadable(catalogue);

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = DataOf<(typeof catalogue)[T]>;
export type EventOf<T extends EventType> = Envelope & { type: T; data: EventData<T> };
/** The discriminated union of all events. */
export type LedgerEvent = { [T in EventType]: EventOf<T> }[EventType];
/** An event that a decider returned and that is not appended yet. */
export type DomainEvent = { [T in EventType]: NewEvent<T, EventData<T>> }[EventType];

/** An event that this version cannot read. Readers report it by name and skip it; it stays in the log. */
export interface UnreadableEvent {
  position: number;
  type: string;
  schema_version: number;
  reason: string;
}

export const isEventType = (type: string): type is EventType => Object.hasOwn(catalogue, type);

export const isUnreadable = (event: LedgerEvent | UnreadableEvent): event is UnreadableEvent =>
  'reason' in event;

/** @throws CATALOGUE_BROKEN when an older version of a type cannot be read with the upcasters. */
export function assertReadable(types: Record<string, { version: number }>, chain = upcasters): void {
  const versions = Object.entries(types).map(([type, { version }]) => [type, version]);
  const faulty = chainFaults(Object.fromEntries(versions), chain);
  if (faulty.length === 0) return;
  throw new AgentPoolError('CATALOGUE_BROKEN', `The catalogue of events is broken: ${faulty.join('; ')}`, {
    faults: faulty,
  });
}

// Compiled on first use of a type: a command that appends one event does not compile twenty-five validators.
const validators = new Map<EventType, Validator>();
function validator(type: EventType): Validator {
  let found = validators.get(type);
  if (!found) {
    found = Compile((catalogue[type] as Definition).data);
    validators.set(type, found);
  }
  return found;
}

function faults(type: EventType, data: unknown): string {
  const errors = validator(type).Errors(data).slice(0, 3);
  return errors.map((error) => `${error.instancePath || '/'} ${error.message}`).join('; ');
}

/** Returns the schema version to write the event in. @throws EVENT_UNKNOWN, EVENT_INVALID. */
export function assertAppendable(event: NewEvent): number {
  if (!isEventType(event.type)) {
    throw new AgentPoolError('EVENT_UNKNOWN', `The catalogue has no event type ${event.type}`, {
      type: event.type,
    });
  }
  if (!validator(event.type).Check(event.data)) {
    throw new AgentPoolError(
      'EVENT_INVALID',
      `The data of ${event.type} does not match its schema: ${faults(event.type, event.data)}`,
      { type: event.type },
    );
  }
  return catalogue[event.type].version;
}

/** Upcasts a stored event to the current version, validates and types it. Never throws. */
export function decode(stored: StoredEvent): LedgerEvent | UnreadableEvent {
  const unreadable = (reason: string): UnreadableEvent => ({
    position: stored.position,
    type: stored.type,
    schema_version: stored.schema_version,
    reason,
  });
  const { type } = stored;
  if (!isEventType(type)) return unreadable('unknown type');
  const current = catalogue[type].version;
  if (stored.schema_version > current) {
    return unreadable(`version ${stored.schema_version} is newer than ${current}`);
  }
  try {
    const data = upcast(type, stored.schema_version, current, JSON.parse(stored.payload));
    if (!validator(type).Check(data)) return unreadable(faults(type, data));
    return {
      position: stored.position,
      event_id: stored.event_id,
      stream_id: stored.stream_id,
      stream_version: stored.stream_version,
      type,
      schema_version: current,
      occurred_at: stored.occurred_at,
      recorded_at: stored.recorded_at,
      command_id: stored.command_id,
      causation_id: stored.causation_id,
      correlation_id: stored.correlation_id,
      actor: stored.actor,
      metadata: stored.metadata === '{}' ? {} : (JSON.parse(stored.metadata) as Envelope['metadata']),
      data,
    } as LedgerEvent;
  } catch (error) {
    return unreadable(errorMessage(error));
  }
}
