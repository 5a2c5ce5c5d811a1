import { AgentPoolError } from '../../lib/errors.ts';
import type { StoredEvent } from '../event.ts';
import type { Connection } from './connection.ts';
import type { ReadOptions } from './event-rows.ts';

/** A command that must not be carried out twice. The same id with another fingerprint is an error. */
export interface CommandIdentity {
  id: string;
  fingerprint: string;
}

/** What a receipt is looked up in: the store. */
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

/** The events of a command that was handled before; undefined for a new one. COMMAND_ID_REUSED for another command of that id. */
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

/** Notes that a command gave these events, perhaps none, of a log that is `last` long by now; in the transaction that appends them. */
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
