import type { DomainEvent } from '../../events/catalogue/index.ts';
import type { EventStore } from '../../events/store/store.ts';
import { type Projection, plus } from '../projection.ts';

/** A read model for tests: the note of every position, in capitals from version 2 on. */
export function counting(
  version: number,
  name = 'counted',
  onApply?: (position: number) => void,
): Projection {
  return {
    name,
    version,
    tables: [name],
    schema: `CREATE TABLE {${name}} (position INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`,
    apply: {
      'watcher.stopped': (tables, { position, data }) => {
        onApply?.(position);
        const text = version > 1 ? data.reason.toUpperCase() : data.reason;
        tables.insert(name, { position, text });
      },
    },
  };
}

/** How many notes there are of each last digit, by tens from version 2 on: rows that a rebuild holds. */
export function tallying(
  version: number,
  name = 'counted',
  onApply?: (position: number) => void,
): Projection {
  const by = version > 1 ? 10 : 1;
  return {
    name,
    version,
    tables: [name],
    held: { [name]: 'digit' },
    schema: `CREATE TABLE {${name}} (digit INTEGER PRIMARY KEY, notes INTEGER NOT NULL, last INTEGER NOT NULL) STRICT`,
    apply: {
      'watcher.stopped': (tables, { position }) => {
        const digit = position % 10;
        if (tables.value(name, 'notes', digit, 'digit') === undefined)
          tables.insert(name, { digit, notes: by, last: position });
        else tables.update(name, digit, { notes: plus('notes', by), last: position }, 'digit');
        onApply?.(position);
      },
    },
  };
}

/** Appends notes n1, n2, ... in one transaction. */
export function appendNotes(store: EventStore, count: number): void {
  const before = store.lastPosition();
  const events = Array.from({ length: count }, (_, index): DomainEvent => {
    return { type: 'watcher.stopped', data: { fence: 1, reason: `n${before + index + 1}` } };
  });
  store.append('notes', events, { actor: 'test' });
}
