import type { StoredEvent } from '../event.ts';

/** An event without its hash: what the hash is made of. */
export type UnhashedEvent = Omit<StoredEvent, 'hash'>;

/** SHA-256 of the parts, one after the other; texts as UTF-8. */
export type Sha256<Bytes extends Uint8Array> = (...parts: readonly (Uint8Array | string)[]) => Bytes;

/** The hashes of a log. Bound to one SHA-256, so that Node and a browser compute the same with their own. */
export interface Links<Bytes extends Uint8Array = Uint8Array> {
  /** The hash of a row alone: it replaces the row where the row itself is not to be shown. */
  rowHash(row: UnhashedEvent): Bytes;
  /** The next link: sha256(previous hash || row hash). */
  linkHash(previous: Uint8Array, row: Uint8Array): Bytes;
  /**
   * The hash of a new event: changing, removing or moving a row breaks every hash after it. Version 2. It is made from
   * the hash of the row, so that a part of a log can be verified with 32 bytes in place of each event that it leaves out.
   */
  chainHash(previous: Uint8Array, row: UnhashedEvent): Bytes;
  /** The version of an event's hash; null if it follows from this row and the hash before it in no version. */
  hashVersion(previous: Uint8Array, event: StoredEvent): 1 | 2 | null;
}

/** The values of a row in column order, as they are written and as the hash covers them. */
export const rowValues = (row: UnhashedEvent) => [
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

export function linksWith<Bytes extends Uint8Array>(
  sha256: Sha256<Bytes>,
  hex: (bytes: Bytes) => string,
): Links<Bytes> {
  const canonical = (row: UnhashedEvent): string => JSON.stringify(rowValues(row));
  const rowHash = (row: UnhashedEvent) => sha256(canonical(row));
  const linkHash = (previous: Uint8Array, row: Uint8Array) => sha256(previous, row);
  const chainHash = (previous: Uint8Array, row: UnhashedEvent) => linkHash(previous, rowHash(row));
  // Releases before 0.3 made the hash from the row itself: sha256(previous hash || canonical row).
  const chainHashV1 = (previous: Uint8Array, row: UnhashedEvent) => sha256(previous, canonical(row));
  return {
    rowHash,
    linkHash,
    chainHash,
    hashVersion(previous, event) {
      if (hex(chainHash(previous, event)) === event.hash) return 2;
      return hex(chainHashV1(previous, event)) === event.hash ? 1 : null;
    },
  };
}
