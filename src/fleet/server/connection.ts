import pg from 'pg';
import type { Address } from './address.ts';
import { explained } from './errors.ts';

/** How long a database may take, in milliseconds: a link that is cut gives no error by itself. */
export interface DatabaseTimeouts {
  connectMs: number;
  answerMs: number;
}

const LIMITS: DatabaseTimeouts = { connectMs: 5000, answerMs: 10_000 };

export type DatabaseRow = Record<string, unknown>;

/** A connection to the database of a fleet. Every error of it is one that a person can act on. */
export class Database {
  readonly address: Address;
  readonly #client: pg.Client;
  #isLost = false;

  private constructor(address: Address, client: pg.Client) {
    this.address = address;
    this.#client = client;
    // Without a listener, an error between two queries would end the process.
    client.on('error', () => this.#lose());
    client.on('end', () => this.#lose());
  }

  /** Called once if the connection has ended; the next query would fail. */
  onLost: () => void = () => {};

  /** @throws FLEET_UNREACHABLE, FLEET_REFUSED, FLEET_UNTRUSTED */
  static async connect(
    address: Address,
    password: string | undefined,
    { connectMs, answerMs } = LIMITS,
  ): Promise<Database> {
    const { host, port, database, user, tls } = address;
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      // An empty one in place of none: the driver would look for it in files, and warn.
      password: password ?? '',
      ssl: tls === null ? false : { rejectUnauthorized: true, ...(tls.ca === null ? {} : { ca: tls.ca }) },
      enableChannelBinding: tls !== null,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      keepAlive: true,
      application_name: 'agentpool',
    });
    const connected = new Database(address, client);
    await explained(address, () => client.connect());
    return connected;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** The rows that a statement gives. */
  rows<R extends object = DatabaseRow>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return explained(this.address, async () => (await this.#client.query(sql, [...values])).rows as R[]);
  }

  /** The same as arrays of values, in the order of the columns. */
  arrays(sql: string, values: readonly unknown[]): Promise<unknown[][]> {
    return explained(
      this.address,
      async () =>
        (await this.#client.query({ text: sql, values: [...values], rowMode: 'array' })).rows as unknown[][],
    );
  }

  async row<R extends object = DatabaseRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<R | undefined> {
    return (await this.rows<R>(sql, values))[0];
  }

  /** Several statements without values. */
  async run(sql: string): Promise<void> {
    await explained(this.address, () => this.#client.query(sql));
  }

  /** All or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN');
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      if (!this.#isLost) await this.run('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  /** Calls `on` with what is notified on a channel. */
  async listen(channel: string, on: (payload: string) => void): Promise<void> {
    this.#client.on('notification', (message) => {
      if (message.channel === channel) on(message.payload ?? '');
    });
    await this.run(`LISTEN ${channel}`);
  }

  async close(): Promise<void> {
    this.onLost = () => {};
    await this.#client.end().catch(() => {});
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.onLost();
  }
}
