import { createHash } from 'node:crypto';
import type { StoredEvent } from './event.ts';

/** The hash that the first event is chained to. */
export const GENESIS = Buffer.alloc(32);

/** sha256(previous hash || canonical row): a row that is changed, dropped or moved breaks every hash after it. */
export function chainHash(previous: Buffer, row: Omit<StoredEvent, 'hash'>): Buffer {
  const canonical = JSON.stringify([
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
  ]);
  return createHash('sha256').update(previous).update(canonical).digest();
}
