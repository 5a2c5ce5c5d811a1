import { AgentPoolError } from '../../lib/errors.ts';
import type { StoredEvent } from '../event.ts';
import { parseLine } from './transfer.ts';

/**
 * One line of an exported history: as `ledger export` writes it (payload and hash as stored), or as `events --json`
 * does (data, no hash). Null for a line without an event: an empty line, or the placeholder of an unreadable event.
 * @throws IMPORT_INVALID with the line.
 */
export function historyLine(line: string, number: number): StoredEvent | null {
  if (line.trim() === '') return null;
  const read = object(line);
  if (!read || 'payload' in read) return parseLine(line, number);
  if ('unreadable' in read) return null;
  // What was read was converted: its hash is that of the stored text.
  const { data, metadata, hash: _, ...envelope } = read;
  if (data === undefined)
    throw new AgentPoolError('IMPORT_INVALID', `Line ${number} is not an event.`, { line: number });
  const stored = {
    ...envelope,
    payload: JSON.stringify(data),
    metadata: JSON.stringify(metadata ?? {}),
    hash: '',
  };
  return parseLine(JSON.stringify(stored), number);
}

/** Whether these events are a log from its beginning, with hashes, so that its chain can be verified. */
export const isWholeLog = (events: readonly StoredEvent[]): boolean =>
  events.length > 0 && events.every(({ position, hash }, index) => position === index + 1 && hash !== '');

function object(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
