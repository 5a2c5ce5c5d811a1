import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import type { Env } from '../../lib/process/environment.ts';

/** Where the database of a fleet is, and how it is reached. */
export interface Address {
  host: string;
  port: number;
  database: string;
  user: string;
  /** Null: in the clear, which only this machine itself may be asked. */
  tls: { ca: string | null } | null;
  /** The URL as it is kept and shown. */
  url: string;
}

const EXAMPLE = 'agentpool fleet join "postgresql://user@host/database?sslmode=verify-full"';
const KNOWN = ['sslmode', 'sslrootcert', 'host'];

/**
 * The address that a URL of PostgreSQL names. Away from this machine only `sslmode=verify-full` is taken: in every
 * other mode of libpq, a host in between can read or answer.
 * @throws FLEET_ADDRESS_INVALID
 */
export function addressOf(text: string, env: Env): Address {
  const url = parsed(text);
  if (url.password !== '')
    throw invalid(
      'it has a password, which other users of this machine can read in a list of processes. Put it into PGPASSWORD or ~/.pgpass',
    );
  for (const name of url.searchParams.keys())
    if (!KNOWN.includes(name)) throw invalid(`it has the parameter ${name}; known are ${KNOWN.join(', ')}`);
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const user = decodeURIComponent(url.username) || env.PGUSER || userInfo().username;
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  if (database.includes('/')) throw invalid('its path is not the name of one database');
  const address = { host: host || 'localhost', port: Number(url.port || 5432), database, user };
  const tls = tlsOf(url, isOfThisMachine(address.host));
  return { ...address, tls, url: urlOf(url, user, database) };
}

function parsed(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('it is no URL');
  }
  if (!['postgresql:', 'postgres:'].includes(url.protocol))
    throw invalid(`it begins with ${url.protocol} and not with postgresql:`);
  return url;
}

/** A socket in a folder, or an address that no packet leaves this machine for. */
const isOfThisMachine = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

function tlsOf(url: URL, isLocal: boolean): Address['tls'] {
  const mode = url.searchParams.get('sslmode') ?? (isLocal ? 'disable' : '');
  if (mode === 'verify-full') return { ca: authorityIn(url.searchParams.get('sslrootcert')) };
  if (mode === 'disable' && isLocal) return null;
  throw invalid(
    isLocal
      ? `its sslmode is ${mode}; it can be disable or verify-full`
      : `the host is another machine, and ${mode === '' ? 'it has no sslmode' : `its sslmode is ${mode}`}: add sslmode=verify-full`,
  );
}

/** The certificates of a file; null for those that Node trusts. */
function authorityIn(file: string | null): string | null {
  if (file === null || file === 'system') return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(`its sslrootcert cannot be read: ${errorMessage(error)}`);
  }
}

function urlOf(from: URL, user: string, database: string): string {
  const url = new URL(from);
  url.protocol = 'postgresql:';
  url.username = encodeURIComponent(user);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

const invalid = (why: string): AgentPoolError =>
  new AgentPoolError('FLEET_ADDRESS_INVALID', `This is not the address of a fleet: ${why}.`, {
    example: EXAMPLE,
  });
