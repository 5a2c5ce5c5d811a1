import type { ErrorCode } from './error-codes/index.ts';

/** Who is at fault decides what a caller does next: rejected (the domain said no), conflict (try again), corrupt (the log is broken), usage (the words of the call are off). */
export type ErrorKind = 'rejected' | 'conflict' | 'corrupt' | 'usage';

export interface ErrorDetails {
  /** A command that works when pasted. */
  example?: string;
  [key: string]: unknown;
}

/** Every error that a person or an agent is meant to read: what is wrong, where, and what to type next. */
export class AgentPoolError extends Error {
  override name = 'AgentPoolError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, kind: ErrorKind = 'rejected') {
    super(message);
    this.code = code;
    this.kind = kind;
    this.details = details;
  }
}
