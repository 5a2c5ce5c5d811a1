import { AgentPoolError } from './errors.ts';
import type { StoredEvent } from './event.ts';
import type { EventStore } from './store.ts';
import { ChainCheck } from './verify.ts';

/** One line an event, as it is stored: the hashes can be checked wherever the lines go. */
export function* exportLines(events: Iterable<StoredEvent>): Generator<string> {
  for (const event of events) yield `${JSON.stringify(event)}\n`;
}

/**
 * Reads exported lines into an empty ledger, or goes on behind the part that the ledger already has.
 * All or nothing: a line that breaks the chain is named and nothing is imported.
 * @throws IMPORT_INVALID with the line; IMPORT_DIVERGES where the ledger holds another history.
 */
export async function importLines(
  store: EventStore,
  lines: AsyncIterable<string>,
): Promise<{ imported: number; already_there: number }> {
  const events: StoredEvent[] = [];
  const chain = new ChainCheck();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const event = parseLine(line, number);
    const fault = chain.next(event);
    if (fault) throw invalid(number, fault.reason);
    events.push(event);
  }
  return store.transaction(() => {
    const last = store.lastPosition();
    const shared = Math.min(last, events.length);
    const known = shared === 0 ? undefined : store.readAll({ from: shared, limit: 1 })[0];
    // The hash of one position covers all that is before it.
    if (known && events[shared - 1]?.hash !== known.hash) {
      throw new AgentPoolError(
        'IMPORT_DIVERGES',
        `The ledger holds another history: its first ${shared} events are not those of this file.`,
        { file: store.file, example: 'AGENTPOOL_HOME=$(mktemp -d) agentpool ledger import FILE' },
      );
    }
    const fresh = events.slice(last);
    store.restore(fresh);
    return { imported: fresh.length, already_there: shared };
  });
}

const TEXTS = [
  'event_id',
  'stream_id',
  'type',
  'occurred_at',
  'recorded_at',
  'actor',
  'payload',
  'metadata',
  'hash',
];
const NULLABLE_TEXTS = ['command_id', 'causation_id', 'correlation_id'];
const NUMBERS = ['position', 'stream_version', 'schema_version'];

/** One exported line. IMPORT_INVALID says which line and what is wrong with it. */
export function parseLine(line: string, number: number): StoredEvent {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw invalid(number, 'it is not JSON');
  }
  if (event === null || typeof event !== 'object') throw invalid(number, 'it is not an event');
  for (const key of TEXTS) if (typeof event[key] !== 'string') throw invalid(number, `${key} is not a text`);
  for (const key of NULLABLE_TEXTS)
    if (event[key] !== null && typeof event[key] !== 'string') throw invalid(number, `${key} is not a text`);
  for (const key of NUMBERS)
    if (!Number.isSafeInteger(event[key])) throw invalid(number, `${key} is not a number`);
  return event as unknown as StoredEvent;
}

const invalid = (line: number, reason: string) =>
  new AgentPoolError('IMPORT_INVALID', `Line ${line} can not be imported: ${reason}. Nothing was imported.`, {
    line,
  });
