import { AgentPoolError } from '../../lib/errors.ts';
import { assertAppendable, type LedgerEvent } from '../catalogue/index.ts';
import type { NewEvent } from '../event.ts';
import type { EndOfLog } from './log-queries.ts';
import type { CommandIdentity } from './receipts.ts';

export interface AppendOptions {
  /** The stream version that the decision is based on. Without it, the events are appended at the current end. */
  expectedVersion?: number;
  command?: CommandIdentity;
  causationId?: string;
  correlationId?: string;
  actor: string;
  /** When the events happened, if that was earlier than now: the ledger could not be written then. ISO 8601. */
  occurredAt?: string;
  /** Metadata of every event of the append. No decision depends on it. Redacted, as all text is. */
  metadata?: Record<string, unknown>;
}

/** What keeps the read models in step. Called inside the append's transaction; an error rolls the append back. */
export interface Follower {
  /**
   * Before events are written after `last`, which the read models are brought up to. Returns whether `apply` will bring
   * all of them up to the new events: then these are marked as `projected`.
   */
  prepare(last: Pick<EndOfLog, 'position' | 'projected'>): boolean;
  /** After they are written: those that this code can read, and the position of the last one. */
  apply(events: readonly LedgerEvent[], last: number): void;
}

/** The parts of an event that can be made before the ledger is locked. */
export interface Encoded extends NewEvent {
  schema_version: number;
  payload: string;
}

/** @throws VERSION_CONFLICT */
export function expectVersion(stream: string, actual: number, expected = actual): void {
  if (actual === expected) return;
  throw new AgentPoolError(
    'VERSION_CONFLICT',
    `${stream} is at version ${actual}, the decision was made at ${expected}`,
    { stream, expected, actual },
  );
}

/** @throws EVENT_UNKNOWN, EVENT_INVALID */
export const encode = (event: NewEvent): Encoded => ({
  ...event,
  schema_version: assertAppendable(event),
  payload: JSON.stringify(event.data),
});
