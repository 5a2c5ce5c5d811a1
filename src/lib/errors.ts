import { inspect } from 'node:util';
import type { ErrorCode } from './error-codes/index.ts';
import type { Env } from './process/environment.ts';

export interface ErrorDetails {
  /** A command that works when pasted. */
  example?: string;
  [key: string]: unknown;
}

/**
 * Every error that a person or an agent is meant to read: what is wrong, where, and what to type next. `cause` is the
 * error that it explains. Its kind, and with it the exit status, follows from the code: `errorKind` of error-codes.
 */
export class AgentPoolError extends Error {
  override name = 'AgentPoolError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** By its name: the build puts this class into several bundles, and an error may pass from one to another. */
Object.defineProperty(AgentPoolError, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown): boolean {
    if (this !== AgentPoolError) return Function.prototype[Symbol.hasInstance].call(this, thrown);
    return thrown instanceof Error && thrown.name === 'AgentPoolError';
  },
});

/** The message of a thrown error; any other thrown value as a string. */
export const errorMessage = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/**
 * The stacks of an error and its causes if AGENTPOOL_DEBUG is set, else nothing. They may contain a secret:
 * redact them before they are written.
 */
export const debugTrace = (thrown: unknown, env: Env): string =>
  isSet(env.AGENTPOOL_DEBUG) ? `${inspect(thrown, { depth: 4, colors: false })}\n` : '';

const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0'].includes(value);

const UNWRITABLE: ReadonlySet<string> = new Set<ErrorCode>([
  'LEDGER_DISK_FULL',
  'LEDGER_NOT_WRITABLE',
  'LEDGER_BUSY',
]);

/**
 * Whether the ledger could not take an append. That is no rejection: nothing was decided, and the same append may succeed
 * later.
 */
export const isUnwritable = (error: unknown): error is AgentPoolError =>
  error instanceof AgentPoolError && UNWRITABLE.has(error.code);

/** Whether SQLite gave up on a lock that another connection holds. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
