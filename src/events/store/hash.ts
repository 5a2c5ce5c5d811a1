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

type Row = Omit<StoredEvent, 'hash'>;

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};

/** The hash of a row alone: it replaces the row where the row itself is not to be shown. */
export const rowHash = (row: Row): Buffer => sha256(JSON.stringify(rowValues(row)));

/** The next link: sha256(previous hash || row hash). */
export const linkHash = (previous: Buffer, row: Buffer): Buffer => sha256(previous, row);

/**
 * The hash of a new event: changing, removing or moving a row breaks every hash after it. Version 2. It is made from the
 * hash of the row, so that a part of a log can be verified with 32 bytes in place of each event that it leaves out.
 */
export const chainHash = (previous: Buffer, row: Row): Buffer => linkHash(previous, rowHash(row));

/** Releases before 0.3 made the hash from the row itself: sha256(previous hash || canonical row). */
const chainHashV1 = (previous: Buffer, row: Row): Buffer => sha256(previous, JSON.stringify(rowValues(row)));

/** The version of an event's hash; null if it follows from this row and the hash before it in no version. */
export function hashVersion(previous: Buffer, event: StoredEvent): 1 | 2 | null {
  if (chainHash(previous, event).toString('hex') === event.hash) return 2;
  return chainHashV1(previous, event).toString('hex') === event.hash ? 1 : null;
}
