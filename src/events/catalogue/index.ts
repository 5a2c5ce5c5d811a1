import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import type { Envelope, FoldedRow, NewEvent, StoredEvent } from '../event.ts';
import { chainFaults, upcast, upcasters } from '../upcasters.ts';
import { check, versions } from './checks.ts';
import { faultsOf } from './faults.ts';
import type { EventType, FoldedEvent, LedgerEvent } from './types.ts';

export type {
  DomainEvent,
  EventData,
  EventOf,
  EventType,
  FoldedEvent,
  FoldedOf,
  LedgerEvent,
} from './types.ts';
export { catalogue } from './types.ts';

// At the first import, so that no process appends a version that its own upcasters cannot read.
assertReadable(versions);

/** An event that this version cannot read. Readers report it by name and skip it; it stays in the log. */
export interface UnreadableEvent {
  position: number;
  type: string;
  schema_version: number;
  reason: string;
}

export const isEventType = (type: string): type is EventType => Object.hasOwn(versions, type);

export const isUnreadable = (event: FoldedEvent | UnreadableEvent): event is UnreadableEvent =>
  'reason' in event;

/** @throws CATALOGUE_BROKEN when an older version of a type cannot be read with the upcasters. */
export function assertReadable(current: Record<string, number>, chain = upcasters): void {
  const faulty = chainFaults(current, chain);
  if (faulty.length === 0) return;
  throw new AgentPoolError('CATALOGUE_BROKEN', `The catalogue of events is broken: ${faulty.join('; ')}`, {
    faults: faulty,
  });
}

/** Returns the schema version to write the event in. @throws EVENT_UNKNOWN, EVENT_INVALID. */
export function assertAppendable(event: NewEvent): number {
  if (!isEventType(event.type)) {
    throw new AgentPoolError('EVENT_UNKNOWN', `The catalogue has no event type ${event.type}`, {
      type: event.type,
    });
  }
  if (!check(event.type, event.data)) {
    throw new AgentPoolError(
      'EVENT_INVALID',
      `The data of ${event.type} does not match its schema: ${faultsOf(event.type, event.data)}`,
      { type: event.type },
    );
  }
  return versions[event.type];
}

/** Upcasts a stored event to the current version, validates and types it. Never throws. */
export const decode = (stored: StoredEvent): LedgerEvent | UnreadableEvent => decodeAs(stored, whole);

/** The same without the provenance of the event, for states and tables that are folded from many. */
export const decodeFolded = (row: FoldedRow): FoldedEvent | UnreadableEvent => decodeAs(row, folded);

// With every field named: a copy of the row takes longer.

const whole = (stored: StoredEvent, version: number, data: unknown): LedgerEvent =>
  ({
    position: stored.position,
    event_id: stored.event_id,
    stream_id: stored.stream_id,
    stream_version: stored.stream_version,
    type: stored.type,
    schema_version: version,
    occurred_at: stored.occurred_at,
    recorded_at: stored.recorded_at,
    command_id: stored.command_id,
    causation_id: stored.causation_id,
    correlation_id: stored.correlation_id,
    actor: stored.actor,
    metadata: metadataOf(stored),
    data,
  }) as LedgerEvent;

const folded = (row: FoldedRow, version: number, data: unknown): FoldedEvent =>
  ({
    position: row.position,
    event_id: row.event_id,
    stream_id: row.stream_id,
    stream_version: row.stream_version,
    type: row.type,
    schema_version: version,
    occurred_at: row.occurred_at,
    metadata: metadataOf(row),
    data,
  }) as FoldedEvent;

const metadataOf = ({ metadata }: FoldedRow): Envelope['metadata'] =>
  metadata === '{}' ? {} : (JSON.parse(metadata) as Envelope['metadata']);

function decodeAs<Row extends FoldedRow, Event>(
  stored: Row,
  event: (stored: Row, version: number, data: unknown) => Event,
): Event | UnreadableEvent {
  const unreadable = (reason: string): UnreadableEvent => ({
    position: stored.position,
    type: stored.type,
    schema_version: stored.schema_version,
    reason,
  });
  const { type } = stored;
  if (!isEventType(type)) return unreadable('unknown type');
  const current = versions[type];
  if (stored.schema_version > current) {
    return unreadable(`version ${stored.schema_version} is newer than ${current}`);
  }
  try {
    const data = upcast(type, stored.schema_version, current, JSON.parse(stored.payload));
    return check(type, data) ? event(stored, current, data) : unreadable(faultsOf(type, data));
  } catch (error) {
    return unreadable(errorMessage(error));
  }
}
