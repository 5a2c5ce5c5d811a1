import { join } from 'node:path';
import { after } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import type { DomainEvent } from '../catalogue/index.ts';
import type { Connection } from '../store/connection.ts';
import { openSqlite } from '../store/connection.ts';
import { openConnection } from '../store/open.ts';
import { EventStore } from '../store/store.ts';

export const freshFile = (): string => join(temporaryFolder(), 'home', 'ledger.db');

/** A log in a file of its own; closed when the test file is done. */
export function freshStore(file = freshFile(), clock?: () => Date): EventStore {
  const store = new EventStore(file, openConnection(file), clock);
  after(() => store.close());
  return store;
}

/** A connection of another program to the same file: without our pragmas and our code. */
export function stranger(file: string): Connection {
  const connection = openSqlite(file);
  after(() => connection.close());
  return connection;
}

/** The smallest event that can carry a text. */
export const note = (reason: string): DomainEvent => ({
  type: 'watcher.stopped',
  data: { fence: 1, reason },
});
export const notes = (...texts: string[]): DomainEvent[] => texts.map(note);

export const textsOf = (events: Iterable<{ payload: string }>): string[] =>
  Array.from(events, ({ payload }) => (JSON.parse(payload) as { reason: string }).reason);

export const TEST = { actor: 'test' };
