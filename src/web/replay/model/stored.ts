import type { StoredEvent } from '../../../events/event.ts';

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
const NUMBERS = ['position', 'stream_version', 'schema_version'];
const OPTIONAL = ['command_id', 'causation_id', 'correlation_id'];

/** An event of a file that anyone may have changed; null if it lacks what every event has. */
export function storedIn(value: unknown): StoredEvent | null {
  if (typeof value !== 'object' || value === null) return null;
  const has = (name: string, test: (field: unknown) => boolean) =>
    Object.hasOwn(value, name) && test((value as Record<string, unknown>)[name]);
  const isWhole =
    TEXTS.every((name) => has(name, (field) => typeof field === 'string')) &&
    NUMBERS.every((name) => has(name, (field) => Number.isSafeInteger(field))) &&
    OPTIONAL.every((name) => has(name, (field) => field === null || typeof field === 'string'));
  return isWhole ? (value as StoredEvent) : null;
}
