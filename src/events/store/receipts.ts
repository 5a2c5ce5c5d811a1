import { AgentPoolError } from '../../lib/errors.ts';
import type { StoredEvent } from '../event.ts';
import type { Connection } from './connection.ts';
import type { ReadOptions } from './event-rows.ts';

/** A command to execute only once. The same id with another fingerprint is an error. */
export interface CommandIdentity {
  id: string;
  fingerprint: string;
}

/** The store, as far as receipts need it. */
interface Readable {
  get<T>(sql: string, ...values: unknown[]): T | undefined;
  readAll(options: ReadOptions): StoredEvent[];
}

interface Receipt {
  stream_id: string;
  fingerprint: string;
  first_position: number;
  last_position: number;
}

/**
 * The events of an already handled command; undefined for a new one. Throws COMMAND_ID_REUSED if the id belongs to
 * another command.
 */
export function handledBefore(
  store: Readable,
  stream: string,
  command: CommandIdentity,
): StoredEvent[] | undefined {
  const receipt = store.get<Receipt>('SELECT * FROM command_receipts WHERE command_id = ?', command.id);
  if (!receipt) return undefined;
  if (receipt.stream_id !== stream || receipt.fingerprint !== command.fingerprint) {
    throw new AgentPoolError(
      'COMMAND_ID_REUSED',
      `The command id ${command.id} belongs to another command on ${receipt.stream_id}`,
      { command_id: command.id, stream: receipt.stream_id },
    );
  }
  return store
    .readAll({ stream, from: receipt.first_position })
    .filter((event) => event.position <= receipt.last_position);
}

/**
 * Records the events of a command, perhaps none, in the transaction that appends them. `last` is the last position of
 * the log.
 */
export function writeReceipt(
  connection: Connection,
  stream: string,
  command: CommandIdentity,
  { events, last }: { events: readonly StoredEvent[]; last: number },
): void {
  connection
    .prepare('INSERT INTO command_receipts VALUES (?, ?, ?, ?, ?)')
    .run(
      command.id,
      stream,
      command.fingerprint,
      events[0]?.position ?? last + 1,
      events.at(-1)?.position ?? last,
    );
}
