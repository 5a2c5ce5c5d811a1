/** The fields of every event besides its data. Times are ISO 8601 in UTC with milliseconds. */
export interface Envelope {
  /** Global, gapless, from 1. */
  position: number;
  event_id: string;
  /** `worker/<session id>`, `leases/<repository>`, `usage/<provider>`, `provider/<provider>`, `watcher`, `fleet`, `steering/<request>`. */
  stream_id: string;
  /** Position within its stream, gapless, from 1. */
  stream_version: number;
  type: string;
  schema_version: number;
  /** When it happened, by the clock of the observing process. */
  occurred_at: string;
  /** When it was appended. */
  recorded_at: string;
  command_id: string | null;
  causation_id: string | null;
  correlation_id: string | null;
  /** Who appended it: cli, mcp, watcher, ... */
  actor: string;
  metadata: Record<string, unknown>;
}

/** Who appended an event, when, and because of what: no state and no table depends on these fields. */
export type Provenance = 'recorded_at' | 'command_id' | 'causation_id' | 'correlation_id' | 'actor';

/** An event as the log holds it: `payload` and `metadata` are the exact JSON texts that `hash` covers. */
export interface StoredEvent extends Omit<Envelope, 'metadata'> {
  payload: string;
  metadata: string;
  /** sha256(previous hash || sha256(canonical row)), hex; before 0.3 sha256(previous hash || canonical row). */
  hash: string;
}

/** What is read of an event to fold it into states and tables. */
export type FoldedRow = Omit<StoredEvent, Provenance | 'hash'>;

/** An event to append; the store adds the other fields. */
export interface NewEvent<Type extends string = string, Data = unknown> {
  type: Type;
  data: Data;
  event_id?: string;
  occurred_at?: string;
  metadata?: Record<string, unknown>;
}
