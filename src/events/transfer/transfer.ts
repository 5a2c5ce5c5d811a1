import { AgentPoolError } from '../../lib/errors.ts';
import type { StoredEvent } from '../event.ts';
import type { EventStore } from '../store/store.ts';
import { ChainCheck } from '../store/verify.ts';
import { faultOfFields } from '../stored-fields.ts';

/** One line per event, as stored, so that the hashes can be checked anywhere. */
export function* exportLines(events: Iterable<StoredEvent>): Generator<string> {
  for (const event of events) yield `${JSON.stringify(event)}\n`;
}

/** Events per batch: a log of millions must not be in memory as a whole. */
const BATCH = 1000;

/**
 * Imports exported lines into an empty ledger, or continues after the events that the ledger already has. All or
 * nothing: if a line breaks the chain, nothing is imported and the error names the line. `onProgress` receives the
 * number of imported events, once all lines have been read.
 * @throws IMPORT_INVALID with the line; IMPORT_DIVERGES where the ledger holds another history.
 */
export async function importLines(
  store: EventStore,
  lines: AsyncIterable<string>,
  onProgress?: (done: number, all: number) => void,
): Promise<{ imported: number; already_there: number }> {
  const { connection } = store;
  store.assertWritable();
  // Checked first, into a temporary table of this connection: no other process waits for a lock while lines arrive.
  connection.exec('CREATE TEMP TABLE incoming (position INTEGER PRIMARY KEY, event TEXT NOT NULL)');
  try {
    const count = await receive(store, lines);
    return store.transaction(() => takeIn(store, count, onProgress));
  } finally {
    connection.exec('DROP TABLE temp.incoming');
  }
}

/** Stores every line temporarily after verifying its place in the chain. Returns the number of lines. */
async function receive({ connection }: EventStore, lines: AsyncIterable<string>): Promise<number> {
  const insert = connection.prepare('INSERT INTO temp.incoming VALUES (?, ?)');
  const chain = new ChainCheck();
  let number = 0;
  let count = 0;
  connection.exec('BEGIN');
  try {
    for await (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const event = parseLine(line, number);
      const fault = chain.next(event);
      if (fault) throw invalid(number, fault.reason);
      insert.run(event.position, line);
      count += 1;
    }
  } finally {
    connection.exec('COMMIT');
  }
  return count;
}

function takeIn(
  store: EventStore,
  count: number,
  onProgress?: (done: number, all: number) => void,
): { imported: number; already_there: number } {
  const last = store.lastPosition();
  const shared = Math.min(last, count);
  const known = shared === 0 ? undefined : store.readAll({ from: shared, limit: 1 })[0];
  // The hash of one position covers everything before it.
  if (known && received(store, shared, 1)[0]?.hash !== known.hash) {
    throw new AgentPoolError(
      'IMPORT_DIVERGES',
      `The ledger holds another history: its first ${shared} events are not those of this file.`,
      { file: store.file, example: 'AGENTPOOL_HOME=$(mktemp -d) agentpool ledger import FILE' },
    );
  }
  for (let from = last + 1; from <= count; from += BATCH) {
    store.restore(received(store, from, BATCH));
    onProgress?.(Math.min(count, from + BATCH - 1), count);
  }
  return { imported: Math.max(0, count - last), already_there: shared };
}

const received = ({ connection }: EventStore, from: number, limit: number): StoredEvent[] =>
  connection
    .prepare<unknown[], string>(
      'SELECT event FROM temp.incoming WHERE position >= ? ORDER BY position LIMIT ?',
    )
    .pluck()
    .all(from, limit)
    .map((event) => JSON.parse(event) as StoredEvent);

/** Parses one exported line. @throws IMPORT_INVALID with the line and the reason. */
export function parseLine(line: string, number: number): StoredEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw invalid(number, 'it is not JSON');
  }
  if (event === null || typeof event !== 'object') throw invalid(number, 'it is not an event');
  const fault = faultOfFields(event);
  if (fault !== null) throw invalid(number, fault);
  return event as StoredEvent;
}

const invalid = (line: number, reason: string) =>
  new AgentPoolError('IMPORT_INVALID', `Line ${line} cannot be imported: ${reason}. Nothing was imported.`, {
    line,
  });
