import { addressOf } from '../../../fleet/server/address.ts';
import { Database } from '../../../fleet/server/connection.ts';
import { passwordFor } from '../../../fleet/server/password.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { Env } from '../../../lib/process/environment.ts';

/** Asks a person for the password of a database; null if there is none to ask. */
export type AskPassword = (address: string) => Promise<string | null>;

export interface Connected {
  database: Database;
  /** Whether a person has typed the password. */
  isTyped: boolean;
}

/** Connects with the password from the environment or a file; else a person is asked, if the database wants one. */
export async function connected(url: string, env: Env, ask: AskPassword | null = null): Promise<Connected> {
  const address = addressOf(url, env);
  const password = await passwordFor(address, env);
  try {
    return { database: await Database.connect(address, password), isTyped: false };
  } catch (error) {
    const isRefused = error instanceof AgentPoolError && error.code === 'FLEET_REFUSED';
    const typed = isRefused && password === undefined && ask ? await ask(address.url) : null;
    if (typed === null) throw error;
    return { database: await Database.connect(address, typed), isTyped: true };
  }
}

/** Connects for some work, and disconnects. */
export async function withDatabase<T>(
  url: string,
  { env, ask = null }: { env: Env; ask?: AskPassword | null },
  work: (connection: Connected) => Promise<T>,
): Promise<T> {
  const connection = await connected(url, env, ask);
  try {
    return await work(connection);
  } finally {
    await connection.database.close();
  }
}
