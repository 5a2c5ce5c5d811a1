import { randomUUID } from 'node:crypto';
import type { LedgerEvent } from '../catalogue/index.ts';
import type { StoredEvent } from '../event.ts';
import type { AppendOptions, Encoded } from './appending.ts';
import { eventIdAt } from './event-id.ts';
import { chainHash, GENESIS } from './hash.ts';
import type { EndOfLog } from './log-queries.ts';

/** An event as it is written, and as the read models see it. */
export interface Written {
  stored: StoredEvent;
  hash: Buffer;
  event: LedgerEvent;
}

/** What is to be appended. */
export interface AppendRequest {
  stream: string;
  encoded: readonly Encoded[];
  options: AppendOptions;
}

/** The rows of an append, and the end of the log that they follow. */
export interface Draft extends AppendRequest {
  /** The store's change counter: the draft is valid while it is the same. */
  counter: number;
  end: EndOfLog;
  written: Written[];
}

/** The rows of new events of one stream after the end of the log, recorded `at` this time. */
export function rowsAfter(end: EndOfLog, { stream, encoded, options }: AppendRequest, at: Date): Written[] {
  const now = at.toISOString();
  let { position, version, hash: previous = GENESIS } = end;
  return encoded.map(({ type, schema_version, payload, data, ...event }) => {
    const metadata = event.metadata ?? options.metadata ?? {};
    const envelope = {
      position: ++position,
      event_id: event.event_id ?? eventIdAt(position, randomUUID()),
      stream_id: stream,
      stream_version: ++version,
      type,
      schema_version,
      occurred_at: event.occurred_at ?? options.occurredAt ?? now,
      recorded_at: now,
      command_id: options.command?.id ?? null,
      causation_id: options.causationId ?? null,
      correlation_id: options.correlationId ?? null,
      actor: options.actor,
    };
    const row = { ...envelope, payload, metadata: JSON.stringify(metadata) };
    previous = chainHash(previous, row);
    return {
      stored: { ...row, hash: previous.toString('hex') },
      hash: previous,
      // Not decoded: it was validated a moment ago, in the current version of its type.
      event: { ...envelope, metadata, data } as LedgerEvent,
    };
  });
}

/** The end of the log when this is its last event, marked as `projected`. */
export const endAt = ({ stored, hash }: Written, projected: 1 | null): EndOfLog => ({
  position: stored.position,
  version: stored.stream_version,
  hash,
  projected,
});
