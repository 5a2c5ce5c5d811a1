import { createHash } from 'node:crypto';
import type { ErrorCode } from '../lib/error-codes/index.ts';
import { AgentPoolError, type ErrorDetails } from '../lib/errors.ts';
import type { DomainEvent, FoldedEvent } from './catalogue/index.ts';

/** The world outside a decision, passed in: replay gives the same answer. */
export interface DecisionContext {
  now: Date;
  newId: () => string;
}

/** A rejection, with a reason that a person can act on. */
export interface Rejection {
  code: ErrorCode;
  message: string;
  details: ErrorDetails;
}

/**
 * A rejection as an error. Its own class, because code that records an observation may ignore a rejection, but
 * not a full disk or a broken ledger.
 */
export class CommandRejected extends AgentPoolError {
  constructor({ code, message, details }: Rejection) {
    super(code, message, details);
  }
}

export type Decision<E extends DomainEvent = DomainEvent> =
  | { accepted: true; events: E[] }
  | { accepted: false; rejection: Rejection };

/** What may happen to one stream: its state is folded from its events, a command gives events or a rejection. */
export interface Decider<State, Command> {
  initial: State;
  evolve: (state: State, event: FoldedEvent) => State;
  decide: (state: State, command: Command, given: DecisionContext) => Decision;
}

export const accepted = <E extends DomainEvent>(...events: E[]): Decision<E> => ({ accepted: true, events });

export const rejected = (code: ErrorCode, message: string, details: ErrorDetails = {}): Decision<never> => ({
  accepted: false,
  rejection: { code, message, details },
});

/** Independent of the order of keys: a receipt compares this to recognize the same command. */
export function fingerprint(command: unknown): string {
  const canonical = JSON.stringify(command, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}
