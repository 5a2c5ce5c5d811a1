import pgpass from 'pgpass';
import type { Env } from '../../lib/process/environment.ts';
import type { Address } from './address.ts';

/** The password from PGPASSWORD, else from the file that PGPASSFILE names or ~/.pgpass; undefined without one. */
export function passwordFor({ host, port, database, user }: Address, env: Env): Promise<string | undefined> {
  if (env.PGPASSWORD) return Promise.resolve(env.PGPASSWORD);
  return new Promise((resolve) => pgpass({ host, port, database, user }, resolve));
}
