import type { StoredEvent } from '../../../events/event.ts';
import { faultOfFields } from '../../../events/stored-fields.ts';

/** An event of a file that anyone may have changed; null if it lacks what every event has. */
export const storedIn = (value: unknown): StoredEvent | null =>
  typeof value === 'object' && value !== null && faultOfFields(value) === null
    ? (value as StoredEvent)
    : null;
