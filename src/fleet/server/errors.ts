import type { ErrorCode } from '../../lib/error-codes/index.ts';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import type { Address } from './address.ts';

/** What the functions and triggers of the schema raise: a state of their own each. */
export const STATES = {
  AP001: 'FLEET_LOG_REFUSED',
  AP002: 'FLEET_WRITER_OTHER',
  AP003: 'FLEET_NAME_TAKEN',
  AP004: 'FLEET_MACHINE_REFUSED',
} as const satisfies Record<string, ErrorCode>;

/** States of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html */
/** An event that is there already, or of a machine that is not. */
const NOT_NEXT = ['23505', '23503'];
const NO_SCHEMA = ['3F000', '42P01', '42883'];
const REFUSED = ['28000', '28P01', '42501', '3D000', '53300', '22021'];
/** Codes of Node for a certificate that does not fit. */
const UNTRUSTED = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_SSL_)/;

/** Runs `work` and turns errors of the driver and the database into errors that a person can act on. */
export async function explained<T>(address: Address, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(address, error);
  }
}

function explain({ url, user }: Address, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AgentPoolError) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const options = { cause: error };
  const raised = NOT_NEXT.includes(code) ? 'AP001' : code;
  if (Object.hasOwn(STATES, raised))
    return new AgentPoolError(
      STATES[raised as keyof typeof STATES],
      `The database at ${url} refuses: ${sentence(error)}`,
      { address: url },
      options,
    );
  if (NO_SCHEMA.includes(code))
    return new AgentPoolError(
      'FLEET_NOT_SET_UP',
      `The database at ${url} has no fleet tables.`,
      { address: url, example: `agentpool fleet init ${url} --member ${user}` },
      options,
    );
  // The driver's own words, before it asks with none.
  if (code === '' && error.message.includes('client password must be'))
    return new AgentPoolError(
      'FLEET_REFUSED',
      `The database at ${url} needs a password for ${user}. Set PGPASSWORD, or add it to ~/.pgpass (mode 0600).`,
      { address: url },
      options,
    );
  if (REFUSED.includes(code))
    return new AgentPoolError(
      'FLEET_REFUSED',
      `The database at ${url} refuses: ${sentence(error)}`,
      { address: url },
      options,
    );
  if (UNTRUSTED.test(code) || error.message.includes('does not support SSL'))
    return new AgentPoolError(
      'FLEET_UNTRUSTED',
      `The database at ${url} could not be verified: ${sentence(error)}`,
      { address: url },
      options,
    );
  // A fault of this program, not of the link.
  if (/^(?:22|42)/.test(code)) return error;
  return new AgentPoolError(
    'FLEET_UNREACHABLE',
    `The database at ${url} does not answer: ${sentence(error)}`,
    { address: url },
    options,
  );
}

/** Several addresses of one host give several errors, and a message of none. */
function sentence(error: Error): string {
  const first = (error as AggregateError).errors?.[0];
  const text = error.message || errorMessage(first ?? error.name);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Errors of the link: they concern everything that is done over it. */
export const isOfDatabase = (error: unknown): boolean =>
  error instanceof AgentPoolError &&
  ['FLEET_UNREACHABLE', 'FLEET_REFUSED', 'FLEET_UNTRUSTED'].includes(error.code);
