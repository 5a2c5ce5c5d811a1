import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshFile, freshStore, note, notes, stranger, TEST } from '../testing/stores.ts';
import { eventIdAt } from './event-id.ts';

const UUID = '01234567-89ab-4def-8123-456789abcdef';

/** A log with three events and a receipt, opened by another program. */
function seenByAStranger() {
  const file = freshFile();
  const store = freshStore(file);
  store.append('a', notes('1', '2'), { ...TEST, command: { id: 'c', fingerprint: 'f' } });
  store.append('b', [{ ...note('3'), event_id: 'foreign' }], TEST);
  return { store, other: stranger(file) };
}

const COLUMNS = `position, event_id, stream_id, stream_version, type, schema_version, occurred_at, recorded_at, actor,
  payload, metadata, hash`;

/** Inserts a row like the others, with the given changes. */
function insert(how: string, changes: Record<string, string> = {}, after = ''): string {
  const row: Record<string, string> = {
    position: '4',
    event_id: "'new'",
    stream_id: "'b'",
    stream_version: '2',
    type: "'watcher.stopped'",
    schema_version: '1',
    occurred_at: "'now'",
    recorded_at: "'now'",
    actor: "'stranger'",
    payload: "'{}'",
    metadata: "'{}'",
    hash: "x'00'",
    ...changes,
  };
  const values = COLUMNS.split(/,\s*/).map((column) => row[column]);
  return `${how} INTO events (${COLUMNS}) VALUES (${values.join(', ')}) ${after}`;
}

const EXISTING: Record<string, string>[] = [
  { position: '1' },
  { event_id: '(SELECT event_id FROM events WHERE position = 2)' },
  { stream_id: "'a'", stream_version: '1' },
];

const attacks = [
  'UPDATE events SET payload = payload WHERE position = 1',
  "UPDATE OR REPLACE events SET event_id = 'x' WHERE position = 1",
  'UPDATE OR IGNORE events SET position = 2 WHERE position = 1',
  'DELETE FROM events',
  'DELETE FROM events WHERE position = 3',
  ...[
    'INSERT',
    'INSERT OR REPLACE',
    'REPLACE',
    'INSERT OR IGNORE',
    'INSERT OR ROLLBACK',
    'INSERT OR FAIL',
  ].flatMap((how) => EXISTING.map((changes) => insert(how, changes))),
  ...['(position)', "(event_id) WHERE substr(event_id, 15, 1) <> '8'", '(stream_id, stream_version)'].flatMap(
    (key, index) =>
      ['DO NOTHING', "DO UPDATE SET payload = 'x'"].map((action) =>
        insert('INSERT', EXISTING[index], `ON CONFLICT ${key} ${action}`),
      ),
  ),
  insert('INSERT', { event_id: `'${eventIdAt(3, UUID)}'` }),
  insert('INSERT', { event_id: `'${eventIdAt(4, UUID)}0'` }),
  insert('INSERT', { event_id: "'foreign'" }),
  insert('INSERT OR REPLACE', { event_id: "'foreign'" }),
  insert('INSERT', { position: '5' }),
  insert('INSERT', { position: 'NULL', stream_version: '3' }),
  insert('INSERT', { position: '0' }),
  insert('INSERT', { position: '-1' }),
  insert('INSERT', { stream_version: '3' }),
  insert('INSERT', { stream_version: '0' }),
  insert('INSERT', { stream_id: "'c'", stream_version: '2' }),
  `INSERT INTO events SELECT * FROM events WHERE position = 1`,
  "UPDATE command_receipts SET fingerprint = 'x'",
  'DELETE FROM command_receipts',
  "INSERT INTO command_receipts VALUES ('c', 'b', 'x', 3, 3)",
  "INSERT OR REPLACE INTO command_receipts VALUES ('c', 'b', 'x', 3, 3)",
  "INSERT INTO command_receipts VALUES ('c', 'b', 'x', 3, 3) ON CONFLICT DO UPDATE SET fingerprint = 'x'",
];

describe('the log refuses on any connection', () => {
  for (const attack of attacks) {
    it(attack.replaceAll(/\s+/g, ' '), () => {
      const { store, other } = seenByAStranger();
      const content = () => JSON.stringify([store.readAll({}), store.all('SELECT * FROM command_receipts')]);
      const before = content();
      for (const recursive of ['ON', 'OFF']) {
        other.pragma(`recursive_triggers = ${recursive}`);
        assert.throws(() => other.exec(attack), /agentpool: /);
      }
      assert.equal(content(), before);
    });
  }

  for (const event_id of ['new', eventIdAt(4, UUID)])
    it(`but not the next event of a stream, as ${event_id}`, () => {
      const { store, other } = seenByAStranger();
      other.exec(insert('INSERT', { event_id: `'${event_id}'` }));
      assert.equal(store.lastPosition(), 4);
    });
});
