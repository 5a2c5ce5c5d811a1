import { createHash } from 'node:crypto';
import type { StoredEvent } from '../event.ts';

/** The hash that the first event is chained to. */
export const GENESIS = Buffer.alloc(32);

/** A row's values in the order of the table's columns: what is written, and what the hash covers. */
export const rowValues = (row: Omit<StoredEvent, 'hash'>) => [
  row.position,
  row.event_id,
  row.stream_id,
  row.stream_version,
  row.type,
  row.schema_version,
  row.occurred_at,
  row.recorded_at,
  row.command_id,
  row.causation_id,
  row.correlation_id,
  row.actor,
  row.payload,
  row.metadata,
];

/** sha256(previous hash || canonical row): a row that is changed, dropped or moved breaks every hash after it. */
export function chainHash(previous: Buffer, row: Omit<StoredEvent, 'hash'>): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify(rowValues(row)))
    .digest();
}
