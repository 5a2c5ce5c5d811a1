import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../lib/testing/any-character.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import type { StoredEvent } from '../event.ts';
import { links } from '../store/hash.ts';
import type { EventStore } from '../store/store.ts';
import { verifyLog } from '../store/verify.ts';
import { freshStore, notes, stranger, TEST } from '../testing/stores.ts';
import { holdTogether, scan } from './scan.ts';
import { scanBeside } from './scan-beside.ts';
import { verifyWholeLog } from './whole.ts';

const STREAMS = ['a', 'b', 'c'];

function filled(texts: readonly string[]): EventStore {
  const store = freshStore();
  for (const [index, text] of texts.entries())
    store.append(STREAMS[(index * index) % STREAMS.length] ?? 'a', notes(text), {
      ...TEST,
      ...(index % 3 === 0 ? { causationId: text, metadata: { text } } : {}),
    });
  return store;
}

/** Runs a statement as a program does that drops the triggers first. */
function tamper(store: EventStore, statement: string, ...values: unknown[]): void {
  const other = stranger(store.file);
  const triggers = other.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers as { name: string }[]) other.exec(`DROP TRIGGER ${name}`);
  other.prepare(statement).run(...values);
}

const whole = (store: EventStore) => scan(store.connection, { after: 0, upTo: store.lastPosition() });

const inParts = (store: EventStore, at: number) =>
  holdTogether([
    scan(store.connection, { after: 0, upTo: at }),
    scan(store.connection, { after: at, upTo: store.lastPosition() }),
  ]);

/** Texts of any characters that UTF-8 can hold, with those that JSON escapes. */
const anyText = fc.string({ unit: anyCharacter }).map((text) => Buffer.from(text).toString());
const texts = fc.array(
  fc.oneof(anyText, fc.constantFrom('"\\', '\u0000', '\u2028\u007f\u009b', '\ud83d\ude00')),
  {
    minLength: 3,
    maxLength: 9,
  },
);

describe('a scan of the log', () => {
  it('finds every log sound that was appended, in one part and in two', () =>
    fc.assert(
      fc.property(texts, fc.nat(), (given, at) => {
        const store = filled(given);
        assert.deepEqual(whole(store), { holds: true, first: 2, last: 2 });
        assert.ok(inParts(store, at % given.length));
      }),
      { numRuns: 30 },
    ));

  it('finds what the check of each event finds, whichever byte of whichever row was changed', () => {
    const columns = ['event_id', 'stream_id', 'type', 'occurred_at', 'recorded_at', 'causation_id', 'actor'];
    const column = fc.constantFrom(
      ...columns,
      'payload',
      'metadata',
      'hash',
      'stream_version',
      'schema_version',
    );
    fc.assert(
      fc.property(
        texts,
        column,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (given, name, row, at, by) => {
          const store = filled(given);
          const position = 1 + (row % given.length);
          const before = store.get<{ value: unknown }>(
            `SELECT CAST(${name} AS BLOB) AS value FROM events WHERE position = ?`,
            position,
          )?.value;
          if (!Buffer.isBuffer(before) || before.length === 0) return;
          const value = Buffer.from(before);
          value[at % value.length] = (value[at % value.length] ?? 0) ^ by;
          const kind = name === 'hash' ? 'BLOB' : name.endsWith('_version') ? 'INTEGER' : 'TEXT';
          tamper(
            store,
            `UPDATE OR IGNORE events SET ${name} = CAST(? AS ${kind}) WHERE position = ?`,
            value,
            position,
          );
          const { fault } = verifyLog(store.read());
          assert.equal(whole(store).holds, fault === null);
          assert.equal(inParts(store, at % given.length), fault === null);
          assert.deepEqual(verifyWholeLog(store).fault, fault);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a missing row, and rows that follow the part', () => {
    for (const position of [1, 3, 5, 6]) {
      const store = filled(['1', '2', '3', '4', '5', '6']);
      const upTo = store.lastPosition();
      tamper(store, 'DELETE FROM events WHERE position = ?', position);
      assert.equal(scan(store.connection, { after: 0, upTo }).holds, false);
    }
  });

  it('takes hashes of releases before 0.3, but none after a newer one', () => {
    const asBefore = (events: readonly StoredEvent[], old: (index: number) => boolean) => {
      let previous: Buffer = Buffer.alloc(32);
      const chained = events.map(({ hash: _, ...row }, index) => {
        const canonical = Buffer.from(JSON.stringify(Object.values(row)));
        previous = old(index) ? links.linkHash(previous, canonical) : links.chainHash(previous, row);
        return { ...row, hash: previous.toString('hex') };
      });
      const store = freshStore();
      store.restore(chained);
      return store;
    };
    const events = filled(['1', '2', '3', '4']).readAll({});
    const upgraded = asBefore(events, (index) => index < 2);
    assert.deepEqual(whole(upgraded), { holds: true, first: 1, last: 2 });
    for (const at of [1, 2, 3]) assert.ok(inParts(upgraded, at));
    const forged = asBefore(events, (index) => index >= 2);
    assert.equal(verifyLog(forged.read()).fault?.position, 3);
    for (const at of [1, 2, 3]) assert.equal(inParts(forged, at), false);
  });
});

describe('a scan in another thread', () => {
  it('says the same', () => {
    const store = filled(['1', '2', '3']);
    const part = { after: 1, upTo: 3 };
    assert.deepEqual(scanBeside(store.file, part)?.result(), scan(store.connection, part));
    tamper(store, "UPDATE events SET actor = 'x' WHERE position = 2");
    assert.equal(scanBeside(store.file, part)?.result()?.holds, false);
  });

  it('says nothing of a file that cannot be opened', () =>
    assert.equal(scanBeside(join(temporaryFolder(), 'none'), { after: 0, upTo: 1 })?.result(), null));
});
