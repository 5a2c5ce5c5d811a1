import { createHash } from 'node:crypto';
import type { StoredEvent } from '../event.ts';

/** The previous hash of the first event. */
export const GENESIS = Buffer.alloc(32);

/** The values of a row in column order, as they are written and as the hash covers them. */
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

/** sha256(previous hash || canonical row): changing, removing or moving a row breaks every hash after it. */
export function chainHash(previous: Buffer, row: Omit<StoredEvent, 'hash'>): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify(rowValues(row)))
    .digest();
}
